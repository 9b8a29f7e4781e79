-- (DuckDB) The numbers of the chats in the batch whose messages the database may have in another state.
-- grain: one chat; key: number; inputs: clean_messages, chats
select distinct c.number
from clean_messages m
join chats c using (phone)
where c.number is not null and c.placed and not c.whole
order by c.number
