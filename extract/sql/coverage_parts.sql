-- what each snapshot brought of a chat, by origin: messages that no earlier one had, and those that one had.
-- grain and key: (chat, snapshot, origin)
-- inputs: occurrence, message, chat
select
    n.chat,
    o.snapshot,
    o.origin,
    count(*) filter (o.snapshot = m.snapshot and o.origin = m.origin) as new,
    count(*) filter (not (o.snapshot = m.snapshot and o.origin = m.origin)) as repeated,
    min(o.sent_at) as first_message,
    max(o.sent_at) as last_message
from occurrence as o
inner join message as m on o.identity = m.identity
inner join chat as n on o.chat_number = n.chat_number
group by n.chat, o.snapshot, o.origin
order by n.chat, o.snapshot, o.origin;
