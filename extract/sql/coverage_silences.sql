-- pauses that are longer than their chat's habit; explained: the phone said, when it had the message behind the pause,
-- that it had sent everything of the chat.
-- grain: a pause
-- inputs: pause, habit, chat, raw_chats, address; the variables habit_times and least_gap (milliseconds)
with said as (
    select
        a.chat_number,
        max(c.snapshot) as snapshot
    from raw_chats as c
    inner join address as a on c.chat_jid = a.jid
    where c.history_complete
    group by a.chat_number
)

select
    n.chat,
    p.after_message,
    p.before_message,
    coalesce(s.snapshot >= p.snapshot, false) as explained
from pause as p
inner join habit as h on p.chat_number = h.chat_number
inner join chat as n on p.chat_number = n.chat_number
left join said as s on p.chat_number = s.chat_number
where p.lasted > greatest(h.usual * getvariable('habit_times'), getvariable('least_gap'))
order by n.chat, p.after_message;
