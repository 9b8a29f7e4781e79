-- the clean messages without what they say, and what they add up to for each person.
-- grain: kept: a clean message; key: (person, from_me, message_id). talk: a person with messages; key: person
-- inputs: occurrence, choice, deleted_unseen
create view kept as
select
    o.person,
    o.from_me,
    o.message_id,
    coalesce(c.sent_at, o.sent_at) as sent_at,
    coalesce(c.timed, true) as timed
from occurrence as o
left join choice as c on o.row_id = c.row_id
where o.part = 'message' and c.dropped is not true
union all
select
    person,
    from_me,
    message_id,
    sent_at,
    timed
from deleted_unseen;

create table talk as
select
    person,
    min(sent_at) filter (where timed) as first_message_at,
    max(sent_at) filter (where timed) as last_message_at,
    count(*) filter (where not from_me) as incoming_count,
    count(*) filter (where from_me) as outgoing_count,
    count(*) filter (where not timed) as timeless_count
from kept
group by person;
