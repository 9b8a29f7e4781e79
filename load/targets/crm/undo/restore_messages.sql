-- Gives messages that the run changed their earlier content back.
-- grain: one message; key: id; inputs: wa2pg_kept, import_run_changes, messages
update public.messages m
set (type, body, sent_at, language, delivery, reply_to, forwarded, edited_at, deleted_at, reactions, media_mime,
     media_name, media_bytes, content_hash) = (
  select b.type, b.body, b.sent_at, b.language, b.delivery, b.reply_to, b.forwarded, b.edited_at, b.deleted_at,
    b.reactions, b.media_mime, b.media_name, b.media_bytes, b.content_hash
  from jsonb_populate_record(m, h.before) b
)
from public.import_run_changes h
where h.import_run_id = %(run)s
  and h.table_name = 'messages'
  and h.row_id = m.id
  and m.organization_id = %(organization)s
  and not exists (select 1 from wa2pg_kept k where k.table_name = 'messages' and k.row_id = m.id)
