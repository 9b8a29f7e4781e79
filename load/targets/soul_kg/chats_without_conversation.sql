-- (DuckDB) The chats with new messages and no ACTIVE conversation to put them in. A message of which no time at all is
-- known has 1970 and is not the first.
-- grain: one chat; key: number; inputs: judged, chats
select
  c.number,
  c.client_id,
  min(j.sent_at at time zone 'UTC') filter (where j.sent_at > 'epoch'::timestamptz) as first_message_at
from judged j
join chats c using (number)
where j.verdict = 'new' and c.conversation_id is null
group by all
order by c.number
