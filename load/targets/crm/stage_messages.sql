-- Message rows on their way, without the rules of the table they are for; `position` counts them as they come.
-- grain: one message; key: position; inputs: clean messages
create temporary table wa2pg_messages (
  position integer generated always as identity primary key,
  id uuid,
  organization_id uuid,
  conversation_id uuid,
  direction text,
  whatsapp_message_id text,
  type text,
  body text,
  sent_at timestamptz,
  language text,
  delivery text,
  reply_to text,
  forwarded boolean,
  edited_at timestamptz,
  deleted_at timestamptz,
  reactions jsonb,
  media_mime text,
  media_name text,
  media_bytes bigint,
  content_hash text,
  import_run_id uuid
) on commit drop
