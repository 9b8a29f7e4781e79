-- Brings rows that an import inserted to the state that the archive now knows, and keeps what they were.
-- grain: one message; key: (conversation_id, direction, whatsapp_message_id); inputs: wa2pg_messages
with kept as (
  insert into public.import_run_changes (import_run_id, table_name, row_id, before)
  select
    %(run)s, 'messages', m.id,
    (
      select jsonb_object_agg(b.key, b.value)
      from jsonb_each(to_jsonb(m)) b
      join jsonb_each(to_jsonb(s)) a using (key)
      where b.value is distinct from a.value and b.key not in ('id', 'import_run_id')
    )
  from wa2pg_messages s
  join public.messages m using (conversation_id, direction, whatsapp_message_id)
  where s.position >= %(low)s and s.position < %(high)s
  on conflict do nothing
)
update public.messages m
set type = s.type,
    body = s.body,
    sent_at = s.sent_at,
    language = s.language,
    delivery = s.delivery,
    reply_to = s.reply_to,
    forwarded = s.forwarded,
    edited_at = s.edited_at,
    deleted_at = s.deleted_at,
    reactions = s.reactions,
    media_mime = s.media_mime,
    media_name = s.media_name,
    media_bytes = s.media_bytes,
    content_hash = s.content_hash
from wa2pg_messages s
where s.position >= %(low)s
  and s.position < %(high)s
  and m.conversation_id = s.conversation_id
  and m.direction = s.direction
  and m.whatsapp_message_id = s.whatsapp_message_id
