-- The messages that some chats already have, as CSV. `ours`: the row may be a load's (the CRM makes no UUIDs of version
-- 5); only of those the state is needed, and the text only where it stands for something that had none. Of the others
-- the time, for the address that the newest has.
-- grain: one message; key: none; inputs: messages, wa2pg_places
copy (
  select
    number, direction, "whatsappMessageId", ours,
    case when ours then status end,
    case when ours and content like '[%%' and content ~ %(placeholder)s then content end,
    case when not ours then "createdAt" end
  from (
    select p.number, m.*, substr(m.id, 15, 1) = '5' as ours
    from wa2pg_places p
    join public.messages m on m."conversationId" = p.conversation_id
    where p.number = any(%(numbers)s) and m."whatsappMessageId" is not null
  ) there
) to stdout (format csv)
