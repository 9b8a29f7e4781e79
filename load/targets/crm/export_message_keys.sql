-- The messages that some chats already have, as CSV. `ours`: an import of this account inserted the row, so it
-- follows this account's archive; rows of other accounts, of people and of other programs are left alone.
-- grain: one message; key: number, direction, whatsapp_message_id; inputs: messages, import_runs, wa2pg_chats
copy (
  select h.number, m.direction, m.whatsapp_message_id, m.content_hash, r.id is not null as ours
  from wa2pg_chats h
  join public.messages m on m.conversation_id = h.conversation_id
  left join public.import_runs r on r.id = m.import_run_id and r.account = %(account)s
  where h.number = any(%(numbers)s) and not h.new_conversation
) to stdout (format csv)
