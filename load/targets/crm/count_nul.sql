-- (DuckDB) How many of the rows to be written hold a NUL that is taken away.
-- grain: one row; inputs: compared
select count(*)
from compared
where verdict = $verdict
  and (contains(concat_ws('', phone, whatsapp_message_id, body, language, delivery, reply_to, media_mime,
                          media_name), chr(0))
       or plain_json(reactions) <> reactions)
