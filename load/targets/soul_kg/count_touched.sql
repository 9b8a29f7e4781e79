-- (DuckDB) What a batch adds to its chats. A message of which no time at all is known has 1970 and is not the last.
-- grain: one chat; key: number; inputs: judged
select
  number,
  count(*) as inserted,
  max(sent_at at time zone 'UTC') filter (where sent_at > 'epoch'::timestamptz) as last_message_at
from judged
where verdict = 'new'
group by number
order by number
