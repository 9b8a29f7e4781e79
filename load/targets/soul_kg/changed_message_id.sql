-- The WhatsApp id of a message that was to be changed.
-- grain: one message; inputs: messages
select "whatsappMessageId" from public.messages where id = %(id)s
