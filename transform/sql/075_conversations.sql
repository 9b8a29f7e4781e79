-- clean table conversations; sql of the output itself.
-- grain: a client's thread on a channel; key: (phone, channel)
-- inputs: talk, person, raw_chats, address
with chat as (
    select
        a.person,
        a.chat,
        arg_max(c.archived, (c.arrival, c.archived)) as archived
    from raw_chats as c
    inner join address as a on c.chat_jid = a.jid
    where c.archived is not null and a.person is not null
    group by a.person, a.chat
),

filed as (
    select
        person,
        bool_and(archived) as archived
    from chat
    group by person
)

select
    p.phone,
    'WHATSAPP' as channel,
    t.first_message_at,
    t.last_message_at,
    t.incoming_count + t.outgoing_count as message_count,
    coalesce(f.archived, false) as archived
from talk as t
inner join person as p on t.person = p.person
left join filed as f on t.person = f.person
order by p.phone;
