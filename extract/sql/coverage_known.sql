-- every chat with all its addresses.
-- grain and key: chat, chat_number
-- inputs: address
create table chat as
select
    chat,
    chat_number,
    list(jid order by jid) as addresses
from address
group by chat, chat_number;
