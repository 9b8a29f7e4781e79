-- the first texts of clients that nobody gave a name; sql of the output itself.
-- grain: a text; key: (phone, place)
-- inputs: clean_messages (the file as written), nameless (phone)
select
    phone,
    body
from clean_messages
semi join nameless using (phone)
where direction = 'INCOMING' and type = 'TEXT' and body is not null
qualify row_number() over (partition by phone order by sent_at, whatsapp_message_id) <= 5
order by phone, sent_at, whatsapp_message_id;
