-- (DuckDB) The numbers of the chosen chats that the batch holds messages of.
-- grain: one chat; key: number; inputs: clean_messages, chats
select distinct c.number
from clean_messages m
join chats c using (phone)
where c.number is not null
order by c.number
