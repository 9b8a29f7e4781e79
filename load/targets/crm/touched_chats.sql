-- (DuckDB) The chats that the batch brings new or changed messages to.
-- grain: one chat; key: number; inputs: compared
select distinct number from compared where verdict in ('new', 'changed') order by number
