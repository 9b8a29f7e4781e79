-- names that a client goes by, best evidence first (docs/clean-tables.md, People).
-- grain and key: (person, step, name); `newest` orders names within a step
-- inputs: raw_contacts, raw_chats, raw_messages, address, talk
create table name_candidate as
with known as (
    select
        a.jid,
        a.person
    from address as a
    semi join talk as t on a.person = t.person
),

candidate as (
    select
        k.person,
        if(c.source = 'inline_contact', 3, 1) as step,
        c.full_name as name,
        c.arrival as newest
    from raw_contacts as c
    inner join known as k on c.jid = k.jid
    union all
    select
        k.person,
        2,
        c.name,
        c.arrival
    from raw_chats as c
    inner join known as k on c.chat_jid = k.jid
    union all
    select
        k.person,
        4,
        c.business_name,
        c.arrival
    from raw_contacts as c
    inner join known as k on c.jid = k.jid
    union all
    select
        k.person,
        5,
        c.push_name,
        c.arrival
    from raw_contacts as c
    inner join known as k on c.jid = k.jid
    union all
    -- a message carries the name of its day, whenever it arrived
    select
        k.person,
        6,
        m.push_name,
        coalesce(epoch_ms(good_time(m.sent_at)), 0)
    from raw_messages as m
    inner join known as k on m.chat_jid = k.jid
    where not m.from_me and m.kind <> 'system'
)

select
    person,
    step,
    name,
    max(newest) as newest
from candidate
where name is not null
group by person, step, name;
