-- (DuckDB) Rows for COPY in PostgreSQL's text format, columns as in stage_messages.sql. The order is that of the
-- clean table (phone, time), so that the rows of a conversation arrive together.
-- grain: one message; key: id; inputs: compared
select
  concat(
    uuid5($organization, concat('message:', plain(phone), ':', direction, ':', plain(whatsapp_message_id))), chr(9),
    $organization, chr(9),
    conversation_id, chr(9),
    direction, chr(9),
    copied(whatsapp_message_id), chr(9),
    type, chr(9),
    copied(body), chr(9),
    sent_at::varchar, chr(9),
    copied(known_language(language)), chr(9),
    copied(delivery), chr(9),
    copied(reply_to), chr(9),
    forwarded::varchar, chr(9),
    coalesce(edited_at::varchar, '\N'), chr(9),
    coalesce(deleted_at::varchar, '\N'), chr(9),
    copied(plain_json(reactions)), chr(9),
    copied(media_mime), chr(9),
    copied(media_name), chr(9),
    coalesce(media_bytes::varchar, '\N'), chr(9),
    copied(content_hash), chr(9),
    $run, chr(10)
  ) as line
from compared
where verdict = $verdict
