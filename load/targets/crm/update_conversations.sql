-- Lets counts and times of the touched conversations follow their messages, and keeps what they were.
-- Whether a chat is archived changes only with `overwrite`.
-- grain: one conversation; key: id; inputs: wa2pg_totals, wa2pg_chats, wa2pg_clients, conversations
with told as (
  select distinct on (h.conversation_id) h.conversation_id, s.archived, s.last_message_at
  from wa2pg_chats h
  join wa2pg_clients s using (phone)
  order by h.conversation_id, s.phone collate "C"
),
next as (
  select
    v.id,
    t.first_message_at,
    t.last_message_at,
    t.message_count,
    case
      when %(overwrite)s
        and (t.before_us is null or s.last_message_at > t.before_us)
        and (t.after_us is null or s.last_message_at >= t.after_us)
        then coalesce(s.archived, v.archived)
      else v.archived
    end as archived
  from wa2pg_totals t
  join public.conversations v on v.id = t.conversation_id
  left join told s using (conversation_id)
),
changing as (
  select n.*
  from next n
  join public.conversations v using (id)
  where (n.first_message_at, n.last_message_at, n.message_count, n.archived)
    is distinct from (v.first_message_at, v.last_message_at, v.message_count, v.archived)
),
kept as (
  insert into public.import_run_changes (import_run_id, table_name, row_id, before)
  select
    %(run)s, 'conversations', v.id,
    (
      select jsonb_object_agg(b.key, b.value)
      from jsonb_each(to_jsonb(v)) b
      join jsonb_each(to_jsonb(n)) a using (key)
      where b.value is distinct from a.value
    )
  from changing n
  join public.conversations v using (id)
  where v.import_run_id is distinct from %(run)s
)
update public.conversations v
set first_message_at = n.first_message_at,
    last_message_at = n.last_message_at,
    message_count = n.message_count,
    archived = n.archived,
    updated_at = now()
from changing n
where v.id = n.id
