-- (DuckDB) Cuts the chats, in the order of their numbers, into batches of about `batch` messages.
-- grain: one batch; key: batch; inputs: clean_messages, chats
with counted as (
  select c.number, count(m.phone) as messages
  from chats c
  left join clean_messages m using (phone)
  group by c.number
),
placed as (
  select number, messages, (sum(messages) over (order by number) - messages) // $batch as batch
  from counted
)
select min(number) as first, max(number) as last, sum(messages)::bigint as messages
from placed
group by batch
order by batch
