-- (DuckDB) The keys of the rows to be inserted.
-- grain: one message; key: id; inputs: compared
select uuid5($namespace, 'message:' || client_id || ':' || direction || ':' || plain(whatsapp_message_id)) as id
from compared
where verdict = 'new'
