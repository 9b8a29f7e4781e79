-- Inserts the staged messages whose keys are free; somebody has moved the others to another client's conversation.
-- grain: one message; key: id; inputs: wa2pg_messages, wa2pg_chats
with made as (
  insert into public.messages (
    id, "conversationId", "organizationId", direction, sender, content, language, "whatsappMessageId", status,
    "createdAt"
  )
  select
    id, "conversationId", "organizationId", direction::public."MessageDirection", sender::public."MessageSender",
    content, language, "whatsappMessageId", status::public."MessageStatus", "createdAt"
  from wa2pg_messages
  where id = any(%(ids)s)
  on conflict do nothing
  returning id, "conversationId", "createdAt",
    substr(md5(content || chr(31) || coalesce(language, '') || chr(31) || status::text), 1, 16) as after
)
select made.id, h.number, nullif(made."createdAt", 'epoch'), made.after
from made
join wa2pg_chats h on h.conversation_id = made."conversationId"
