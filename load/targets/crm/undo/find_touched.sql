-- The conversations whose messages are about to go or change, and those the run changed; `whole`: it stands as the run
-- left it, with nothing in it that came since or stays, so that it can have again what it had before.
-- grain: one conversation; key: conversation_id; inputs: wa2pg_mine, wa2pg_kept, messages, conversations
create temporary table wa2pg_touched on commit drop as
with changed as (
  select row_id from public.import_run_changes where import_run_id = %(run)s and table_name = 'messages'
),
counted as (
  select
    m.conversation_id,
    count(*) as messages,
    count(*) filter (where m.import_run_id = %(run)s) as inserted,
    count(*) filter (where m.id in (select row_id from changed)) as changed
  from public.messages m
  where m.organization_id = %(organization)s
  group by m.conversation_id
),
kept as (
  select distinct x.conversation_id
  from wa2pg_kept k
  join public.messages x on x.id = k.row_id
  where k.table_name = 'messages'
)
select
  v.id as conversation_id,
  v.client_id,
  coalesce(
    (m.after ->> 'message_count')::bigint = coalesce(n.messages, 0)
    and v.message_count = coalesce(n.messages, 0)
    and v.first_message_at is not distinct from (m.after ->> 'first_message_at')::timestamptz
    and v.last_message_at is not distinct from (m.after ->> 'last_message_at')::timestamptz
    and v.id not in (select conversation_id from kept),
    false
  ) as whole
from public.conversations v
left join counted n on n.conversation_id = v.id
left join wa2pg_mine m on m.table_name = 'conversations' and m.row_id = v.id and not m.inserted
where v.organization_id = %(organization)s
  and (n.inserted > 0 or n.changed > 0 or m.row_id is not null)
