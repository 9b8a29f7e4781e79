-- (DuckDB) Rows for COPY in PostgreSQL's binary format, types as in stage_messages.sql; what is the same in all of them,
-- organisation and run, comes after (prepare.py). The order is that of the clean table (phone, time), so that the rows of
-- a conversation arrive together.
-- grain: one message; key: id; inputs: compared
select
  from_hex(
    uuid5($organization, concat('message:', plain(phone), ':', direction, ':', plain(whatsapp_message_id)))
  ) as id,
  conversation_id,
  direction,
  plain(whatsapp_message_id) as whatsapp_message_id,
  type,
  plain(body) as body,
  sent_at,
  plain(known_language(language)) as language,
  plain(delivery) as delivery,
  plain(reply_to) as reply_to,
  forwarded,
  edited_at,
  deleted_at,
  plain_json(reactions) as reactions,
  plain(media_mime) as media_mime,
  plain(media_name) as media_name,
  media_bytes,
  content_hash
from compared
where verdict = $verdict
