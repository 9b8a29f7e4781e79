-- every chat of either snapshot with its counts, the one with most differences first.
-- grain and key: chat
-- inputs: compared, address, raw_messages, raw_chats
with held as (
    select
        a.chat,
        bool_or(s.snapshot = 0) as in_a,
        bool_or(s.snapshot = 1) as in_b
    from (
        select
            chat_jid,
            snapshot
        from raw_messages
        union
        select
            chat_jid,
            snapshot
        from raw_chats
    ) as s
    inner join address as a on s.chat_jid = a.jid
    group by a.chat
),

counted as (
    select
        chat,
        count(*) filter (only_a) as only_a,
        count(*) filter (only_b) as only_b,
        count(*) filter (not only_a and not only_b and not changed) as same,
        count(*) filter (changed) as changed,
        count(*) filter (edited) as edited,
        count(*) filter (delivery) as delivery,
        count(*) filter (deleted) as deleted,
        count(*) filter (reacted) as reacted,
        count(*) filter (duplicate_a) as duplicates_a,
        count(*) filter (duplicate_b) as duplicates_b
    from compared
    group by chat
)

select
    h.chat,
    h.in_a,
    h.in_b,
    coalesce(columns(c.* exclude (chat)), 0)
from held as h
left join counted as c on h.chat = c.chat
order by coalesce(c.only_a, 0) + coalesce(c.only_b, 0) + coalesce(c.changed, 0) desc, h.chat;
