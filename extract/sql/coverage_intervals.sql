-- the time between each message and the one before it in its chat; milliseconds.
-- grain: a message but the first of its chat
-- inputs: message
create table pause as
select
    chat_number,
    snapshot,
    lag(sent_at) over (partition by chat_number order by sent_at) as after_message,
    sent_at as before_message,
    epoch_ms(before_message) - epoch_ms(after_message) as lasted
from message
where sent_at is not null
qualify after_message is not null;
