-- what each snapshot brought of a chat, by origin: messages that no earlier one had, and those that one had.
-- grain and key: (chat, snapshot, origin)
-- inputs: occurrence, message
select
    o.chat,
    o.snapshot,
    o.origin,
    count(*) filter (o.snapshot = m.snapshot and o.origin = m.origin) as new,
    count(*) filter (not (o.snapshot = m.snapshot and o.origin = m.origin)) as repeated,
    min(o.sent_at) as first_message,
    max(o.sent_at) as last_message
from occurrence as o
inner join message as m on o.chat = m.chat and o.identity = m.identity
group by o.chat, o.snapshot, o.origin
order by o.chat, o.snapshot, o.origin;
