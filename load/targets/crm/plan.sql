-- What the run does to each client: whether he is new, what changes and how many of his messages are new or changed.
-- Clients of whom nothing changes are left out; those the run does not load may still get another number.
-- grain: one client; key: client_id; inputs: wa2pg_clients, wa2pg_chats, wa2pg_places, wa2pg_totals, clients,
--   conversations, messages, import_run_changes
with changed as (
  select table_name, row_id, before from public.import_run_changes where import_run_id = %(run)s
),
chats as (
  select
    h.client_id,
    bool_or(h.new_client) as new,
    min(s.rank) as rank,
    (sum(t.inserted_count))::bigint as inserted,
    sum((
      select count(*)
      from changed x
      join public.messages m on m.id = x.row_id
      where x.table_name = 'messages'
        and m.conversation_id in (select p.conversation_id from wa2pg_places p where p.number = h.number)
    ))::bigint as changed
  from wa2pg_chats h
  join wa2pg_clients s using (phone)
  left join wa2pg_totals t on t.conversation_id = h.conversation_id
  group by h.client_id
),
fields as (
  select c.id as client_id, f.key, f.value as old, to_jsonb(c) -> f.key as new
  from changed x
  join public.clients c on c.id = x.row_id
  cross join jsonb_each(x.before) f
  where x.table_name = 'clients'
  union all
  select v.client_id, f.key, f.value, to_jsonb(v) -> f.key
  from changed x
  join public.conversations v on v.id = x.row_id
  cross join jsonb_each(x.before) f
  where x.table_name = 'conversations' and f.key not in ('first_message_at', 'last_message_at')
)
select
  c.id::text as client,
  c.phone,
  c.name,
  c.status,
  c.preferred_language as language,
  coalesce(h.new, false) as new,
  coalesce(h.inserted, 0) as messages_new,
  coalesce(h.changed, 0) as messages_changed,
  coalesce(
    (select jsonb_agg(jsonb_build_object('field', f.key, 'old', f.old, 'new', f.new) order by f.key)
     from fields f where f.client_id = c.id),
    '[]'
  ) as changes
from public.clients c
left join chats h on h.client_id = c.id
where h.new or h.inserted > 0 or h.changed > 0 or c.id in (select client_id from fields)
order by h.rank nulls last, c.id
