-- (DuckDB) What rows that loads inserted may have to follow, for COPY, columns as in stage_changes.sql.
-- grain: one message; key: id; inputs: compared
select
  uuid5($namespace, 'message:' || client_id || ':' || direction || ':' || plain(whatsapp_message_id)) || chr(9)
  || number || chr(9)
  || copied(content) || chr(9)
  || copied(known_language(language)) || chr(9)
  || status || chr(9)
  || follows_text::varchar || chr(10) as line
from compared
where verdict = 'changed'
