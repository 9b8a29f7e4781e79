-- (DuckDB) What the chosen chats come to: `placed` and `made` ones by number (the conversations of `made` ones this run
-- has made), whether each is whole or has no clean message, and how many messages the `made` ones bring.
-- grain: one row; inputs: chats
select
  coalesce(list(number) filter (placed), []) as placed,
  coalesce(list(number) filter (not placed), []) as made,
  coalesce(bool_and(whole or message_count = 0), true) as whole,
  coalesce(sum(message_count) filter (not placed), 0)::bigint as new
from chats
where number is not null
