-- The bare WhatsApp id, without the number in it, of a staged message.
-- grain: one message; inputs: wa2pg_messages
select regexp_replace("whatsappMessageId", '^(true|false)_[0-9:]+@[a-z.]+_', '') from wa2pg_messages where id = %(id)s
