-- (DuckDB) How many of the rows to be written hold a NUL that is taken away.
-- grain: one row; inputs: judged, clean_messages
select count(*)
from clean_messages m
join judged j using (row)
where j.verdict in ('new', 'changed')
  and contains(concat_ws('', m.whatsapp_message_id, m.body, m.language, m.media_name), chr(0))
