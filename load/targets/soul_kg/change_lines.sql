-- (DuckDB) What rows that loads inserted may have to follow, for COPY, columns as in stage_changes.sql.
-- grain: one message; key: id; inputs: judged, clean_messages
select
  message_key($namespace, j.client_id, j.direction, j.message_id) as id,
  id || chr(9)
  || j.number || chr(9)
  || copied(content_of(m.type, m.body, m.media_name, m.media_bytes, m.deleted_at)) || chr(9)
  || copied(known_language(m.language)) || chr(9)
  || j.status || chr(9)
  || j.follows_text::varchar || chr(10) as line
from clean_messages m
join judged j using (row)
where j.verdict = 'changed'
