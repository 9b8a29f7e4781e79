-- (DuckDB) The chats as messages are compared with them. The conversations of `placed` ones were there before this run;
-- a `whole` one has every clean message in the state that the archive knows.
-- grain: one chat; key: phone; inputs: exported_chats, surveyed
create or replace temporary table chats as
select
  e.number,
  e.phone,
  uuid_bytes(e.conversation_id) as conversation_id,
  e.refused,
  e.placed,
  coalesce(e.number is not null and s.message_count = e.ours_count and s.mark::varchar = e.ours_mark, false) as whole,
  coalesce(s.message_count, 0) as message_count
from exported_chats e
left join surveyed s using (phone)
