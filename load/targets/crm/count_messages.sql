-- What the conversations of the touched clients hold now, from the messages themselves.
-- A message of which no time at all is known has 1970; it counts, but is neither first nor last.
-- `before_us`, `after_us`: the last message that an import of another account brought, by whether that account's name
-- comes before ours or after it. Of two accounts with equally late messages the first by name has the word.
-- grain: one conversation; key: conversation_id; inputs: wa2pg_chats, wa2pg_places, conversations, messages, import_runs
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
  max(m.sent_at) filter (where r.account collate "C" < %(account)s) as before_us,
  max(m.sent_at) filter (where r.account collate "C" > %(account)s) as after_us
from public.conversations v
left join public.messages m on m.conversation_id = v.id
left join public.import_runs r on r.id = m.import_run_id
where v.id in (select conversation_id from wa2pg_chats)
  or v.id in (select conversation_id from wa2pg_places)
  or v.client_id in (select client_id from wa2pg_chats)
group by v.id, v.client_id
