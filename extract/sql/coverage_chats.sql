-- every chat with its messages and what the phone said of it, the latest message first.
-- grain and key: chat
-- inputs: chat, address, message, habit, raw_chats, raw_messages; the variable `latest`
with written as (
    select
        chat_number,
        count(*) as messages,
        min(sent_at) as first_message,
        max(sent_at) as last_message
    from message
    group by chat_number
),

-- also notices, edits and reactions: the phone's own last time may be one of those
touched as (
    select
        a.chat_number,
        max(m.sent_at) filter (m.sent_at <= getvariable('latest')[m.snapshot + 1]) as last_row
    from raw_messages as m
    inner join address as a on m.chat_jid = a.jid
    group by a.chat_number
),

said as (
    select
        a.chat_number,
        bool_or(c.history_complete) as history_complete,
        max(c.last_message_at) filter (c.last_message_at <= getvariable('latest')[c.snapshot + 1]) as phone_last,
        arg_max(coalesce(c.name, c.display_name), (c.snapshot, c.payload, coalesce(c.name, c.display_name)))
            filter (coalesce(c.name, c.display_name) is not null) as name
    from raw_chats as c
    inner join address as a on c.chat_jid = a.jid
    group by a.chat_number
)

select
    k.chat,
    k.addresses,
    s.name,
    coalesce(w.messages, 0) as messages,
    w.first_message,
    w.last_message,
    t.last_row,
    s.history_complete,
    s.phone_last,
    h.usual
from chat as k
left join written as w on k.chat_number = w.chat_number
left join touched as t on k.chat_number = t.chat_number
left join said as s on k.chat_number = s.chat_number
left join habit as h on k.chat_number = h.chat_number
order by w.last_message desc nulls last, k.chat;
