-- The bare WhatsApp id, without the number in it, of a message that was to be changed.
-- grain: one message; inputs: messages
select regexp_replace("whatsappMessageId", '^(true|false)_[0-9:]+@[a-z.]+_', '') from public.messages where id = %(id)s
