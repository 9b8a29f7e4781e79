-- What the conversations of the touched clients hold now, from the messages themselves.
-- A message of which no time at all is known has 1970; it counts, but is neither first nor last.
-- `later_elsewhere`: the last message that an import of another account brought.
-- grain: one conversation; key: conversation_id; inputs: wa2pg_chats, conversations, messages, import_runs
create temporary table wa2pg_totals on commit drop as
select
  v.id as conversation_id,
  v.client_id,
  count(m.id)::integer as message_count,
  (count(m.id) filter (where m.direction = 'INCOMING'))::integer as incoming_count,
  (count(m.id) filter (where m.direction = 'OUTGOING'))::integer as outgoing_count,
  (count(m.id) filter (where m.import_run_id = %(run)s))::integer as inserted_count,
  min(m.sent_at) filter (where m.sent_at > 'epoch') as first_message_at,
  max(m.sent_at) filter (where m.sent_at > 'epoch') as last_message_at,
  max(m.sent_at) filter (where r.account <> %(account)s) as later_elsewhere
from public.conversations v
left join public.messages m on m.conversation_id = v.id
left join public.import_runs r on r.id = m.import_run_id
where v.id in (select conversation_id from wa2pg_chats) or v.client_id in (select client_id from wa2pg_chats)
group by v.id, v.client_id
