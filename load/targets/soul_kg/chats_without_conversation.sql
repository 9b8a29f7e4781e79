-- (DuckDB) The chats with new messages and no ACTIVE conversation to put them in. A message of which no time at all is
-- known has 1970 and is not the first.
-- grain: one chat; key: number; inputs: compared
select
  number,
  client_id,
  min(sent_at at time zone 'UTC') filter (where sent_at > 'epoch'::timestamptz) as first_message_at
from compared
where verdict = 'new' and conversation_id is null
group by all
order by number
