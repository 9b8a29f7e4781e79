-- (DuckDB) Rows for COPY in PostgreSQL's text format, each with its key. The order is that of the clean table.
-- grain: one message; key: id; inputs: judged, clean_messages, chats
select
  id,
  id || chr(9)
  || copied(conversation_id) || chr(9)
  || copied($organization) || chr(9)
  || direction || chr(9)
  || case direction when 'INCOMING' then 'CLIENT' else 'HUMAN' end || chr(9)
  || copied(content) || chr(9)
  || copied(known_language(language)) || chr(9)
  || copied(case direction when 'INCOMING' then 'false_' else 'true_' end || address || '_' || message_id) || chr(9)
  || status || chr(9)
  || (sent_at at time zone 'UTC')::varchar || chr(10) as line,
  left_as(content, known_language(language), status) as after
from (
  select
    j.*,
    c.conversation_id,
    m.language,
    message_key($namespace, j.client_id, j.direction, j.message_id) as id,
    content_of(m.type, m.body, m.media_name, m.media_bytes, m.deleted_at) as content
  from clean_messages m
  join judged j using (row)
  join chats c on c.number = j.number
  where j.verdict = 'new'
) written
