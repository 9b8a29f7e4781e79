-- The WhatsApp id of a staged message.
-- grain: one message; inputs: wa2pg_messages
select "whatsappMessageId" from wa2pg_messages where id = %(id)s
