-- (DuckDB) Rows for COPY in PostgreSQL's text format. The order is that of the clean table (phone, time).
-- grain: one message; key: id; inputs: compared
select
  uuid5($namespace, 'message:' || client_id || ':' || direction || ':' || plain(whatsapp_message_id)) || chr(9)
  || copied(conversation_id) || chr(9)
  || copied($organization) || chr(9)
  || direction || chr(9)
  || case direction when 'INCOMING' then 'CLIENT' else 'HUMAN' end || chr(9)
  || copied(content) || chr(9)
  || copied(known_language(language)) || chr(9)
  || copied(case direction when 'INCOMING' then 'false_' else 'true_' end || address || '_' || whatsapp_message_id)
  || chr(9)
  || status || chr(9)
  || (sent_at at time zone 'UTC')::varchar || chr(10) as line
from compared
where verdict = 'new'
