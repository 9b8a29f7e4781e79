-- what the other figures read: the clean tables without texts.
-- grain: talked: a message that nobody deleted, up to as_of; key: (phone, incoming, whatsapp_message_id)
-- inputs: clean_messages; variables as_of
create view talked as
select
    phone,
    direction = 'INCOMING' as incoming,
    sent_at,
    whatsapp_message_id,
    -- a quote inside of a text of this JSON is escaped, so these words are the key itself
    direction = 'INCOMING' and contains(reactions, '"from_me":true') as reacted
from clean_messages
where deleted_at is null and sent_at <= getvariable('as_of');
