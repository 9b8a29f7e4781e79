-- What some conversations hold now, from the messages themselves.
-- A message of which no time at all is known has 1970; it counts, but is neither first nor last.
-- `before_us`, `after_us`: the last message that an import of another account brought, by whether that account's name
-- comes before ours or after it. Of two accounts with equally late messages the first by name has the word.
-- `ours_count`, `ours_mark`: the messages that imports of this account inserted, and what survey_chats.sql sums.
-- grain: one conversation; key: conversation_id; inputs: wa2pg_to_count, conversations, messages, import_runs
insert into wa2pg_totals
select
  v.id as conversation_id,
  v.client_id,
  count(m.id)::integer as message_count,
  (count(m.id) filter (where m.direction = 'INCOMING'))::integer as incoming_count,
  (count(m.id) filter (where m.direction = 'OUTGOING'))::integer as outgoing_count,
  (count(m.id) filter (where m.import_run_id = %(run)s))::integer as inserted_count,
  count(m.import_run_id)::integer as imported_count,
  min(m.sent_at) filter (where m.sent_at > 'epoch') as first_message_at,
  max(m.sent_at) filter (where m.sent_at > 'epoch') as last_message_at,
  max(m.sent_at) filter (where r.account collate "C" < %(account)s) as before_us,
  max(m.sent_at) filter (where r.account collate "C" > %(account)s) as after_us,
  (count(m.id) filter (where r.account = %(account)s))::integer as ours_count,
  sum(
    ('x' || left(md5(m.direction || m.whatsapp_message_id || left(m.content_hash, 16)), 15))::bit(60)::bigint
  ) filter (where r.account = %(account)s) as ours_mark
from public.conversations v
left join public.messages m on m.conversation_id = v.id
left join public.import_runs r on r.id = m.import_run_id
where v.id in (select conversation_id from wa2pg_to_count)
group by v.id, v.client_id
