-- (DuckDB) What the chats whose conversation this run has made will hold when all of their messages are in.
-- grain: one chat; key: number; inputs: chats, surveyed
select
  c.number || chr(9) || s.message_count || chr(9) || s.incoming_count || chr(9) || s.outgoing_count || chr(9)
  || coalesce(s.first_message_at::varchar, '\N') || chr(9) || coalesce(s.last_message_at::varchar, '\N') || chr(10)
  as line
from chats c
join surveyed s using (phone)
where c.number is not null and not c.placed
