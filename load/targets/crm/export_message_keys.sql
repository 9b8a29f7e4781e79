-- The messages that some chats already have, as CSV. `ours`: an import of this account inserted the row, so it
-- follows this account's archive; rows of other accounts, of people and of other programs are left alone.
-- conversation_id: only of a message that is not in the conversation its chat is loaded into.
-- grain: one message and conversation; key: number, direction, whatsapp_message_id, conversation_id
-- inputs: messages, import_runs, wa2pg_places
copy (
  select
    p.number, m.direction, m.whatsapp_message_id, m.content_hash, r.id is not null as ours,
    case when not p.main then m.conversation_id end as conversation_id
  from wa2pg_places p
  join public.messages m on m.conversation_id = p.conversation_id
  left join public.import_runs r on r.id = m.import_run_id and r.account = %(account)s
  where p.number = any(%(numbers)s)
) to stdout (format csv)
