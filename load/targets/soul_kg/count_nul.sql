-- (DuckDB) How many of the rows to be written hold a NUL that is taken away.
-- grain: one row; inputs: compared
select count(*)
from compared
where verdict in ('new', 'changed') and contains(concat_ws('', whatsapp_message_id, body, language, media_name), chr(0))
