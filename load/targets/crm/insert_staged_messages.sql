-- Inserts staged messages from one position up to, without, another; one that somebody else has inserted meanwhile is left as that.
-- grain: one message; key: (conversation_id, direction, whatsapp_message_id); inputs: wa2pg_messages
insert into public.messages (
  id, organization_id, conversation_id, direction, whatsapp_message_id, type, body, sent_at, language, delivery,
  reply_to, forwarded, edited_at, deleted_at, reactions, media_mime, media_name, media_bytes, content_hash,
  import_run_id
)
select
  id, organization_id, conversation_id, direction, whatsapp_message_id, type, body, sent_at, language, delivery,
  reply_to, forwarded, edited_at, deleted_at, reactions, media_mime, media_name, media_bytes, content_hash,
  import_run_id
from wa2pg_messages
where position >= %(low)s and position < %(high)s
on conflict do nothing
