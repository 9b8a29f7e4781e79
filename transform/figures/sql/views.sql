-- what the other figures read: the clients whom nobody left out by review, and their talk without texts.
-- grain: kept_client: a client; key: phone
-- grain: talked: a message that nobody deleted, up to as_of; key: (phone, incoming, whatsapp_message_id)
-- inputs: clean_clients, clean_messages; variable as_of
create view kept_client as
select *
from clean_clients
where not skip;

create view talked as
select
    phone,
    direction = 'INCOMING' as incoming,
    sent_at,
    whatsapp_message_id,
    -- a quote inside of a text of this JSON is escaped, so these words are the key itself
    direction = 'INCOMING' and contains(reactions, '"from_me":true') as reacted
from clean_messages
semi join kept_client using (phone)
where deleted_at is null and sent_at <= getvariable('as_of');
