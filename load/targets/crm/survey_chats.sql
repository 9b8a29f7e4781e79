-- (DuckDB) What the clean messages of each chat come to. `mark`: sum over the messages, see copy_macros.sql; the same
-- figure of the database's rows says that they are the same messages in the same state (count_messages.sql).
-- grain: one chat; key: phone; inputs: all_clean_messages
create or replace temporary table surveyed as
select
  phone,
  count(*) as message_count,
  count(*) filter (direction = 'INCOMING') as incoming_count,
  count(*) filter (direction = 'OUTGOING') as outgoing_count,
  min(sent_at) filter (sent_at > 'epoch'::timestamptz) as first_message_at,
  max(sent_at) filter (sent_at > 'epoch'::timestamptz) as last_message_at,
  case when $marked then sum(mark(direction, whatsapp_message_id, content_hash)) end as mark
from all_clean_messages
group by phone
