-- (DuckDB) How many of the rows to be written hold a NUL that is taken away.
-- grain: one row; inputs: compared
select count(*)
from compared
where verdict in ('new', 'changed')
  and (
    contains(body, chr(0)) or contains(whatsapp_message_id, chr(0)) or contains(phone, chr(0))
    or contains(language, chr(0)) or contains(delivery, chr(0)) or contains(reply_to, chr(0))
    or contains(media_mime, chr(0)) or contains(media_name, chr(0))
    or (contains(reactions, '\u0000') and plain_json(reactions) <> reactions)
  )
