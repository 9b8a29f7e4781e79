-- (DuckDB) How many messages of the batch got which verdict in each chat, and how many of the rows that are to be written
-- hold a NUL that is taken away.
-- grain: one verdict and chat; key: verdict, number; inputs: compared
select
  verdict,
  number,
  count(*) as messages,
  count(*) filter (
    verdict in ('new', 'changed')
    and (
      contains(body, chr(0)) or contains(whatsapp_message_id, chr(0)) or contains(phone, chr(0))
      or contains(language, chr(0)) or contains(delivery, chr(0)) or contains(reply_to, chr(0))
      or contains(media_mime, chr(0)) or contains(media_name, chr(0))
      or plain_json(reactions) <> reactions
    )
  ) as with_nul
from compared
group by verdict, number
