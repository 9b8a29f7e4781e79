-- which occurrence of a message stands for it, where there are several or where its own time cannot be.
-- grain: such an occurrence; key: row_id; an occurrence that is not here stands for its message as it is
-- inputs: occurrence, spoken, action, filled_time
create table repeated_key as
select hash(person, from_me, message_id) as key
from occurrence
where part = 'message'
group by key
having count(*) > 1;

create table contender as
select
    o.row_id,
    o.arrival,
    o.position,
    o.person,
    o.from_me,
    o.message_id,
    o.delivery,
    coalesce(o.sent_at, f.sent_at) as sent_at,
    coalesce(f.guess, 0) as guess,
    not may_be_stub(o.kind) or present(s.words) is not null as readable,
    e.edited_at
from occurrence as o
left join filled_time as f on o.row_id = f.row_id
left join spoken as s on o.row_id = s.row_id
left join (
    -- the edit that came inside this very occurrence
    select
        arrival,
        position,
        chat,
        from_me,
        message_id,
        max(sent_at) as edited_at
    from action
    where kind = 'edit' and target_id = message_id
    group by arrival, position, chat, from_me, message_id
) as e on
    o.arrival = e.arrival and o.position = e.position and o.chat = e.chat
    and o.from_me = e.from_me and o.message_id = e.message_id
where
    o.part = 'message'
    and (o.sent_at is null or hash(o.person, o.from_me, o.message_id) in (select key from repeated_key));

create table choice as
with placed as (
    select
        *,
        row_number() over (
            partition by person, from_me, message_id
            order by
                readable desc, edited_at desc nulls last, delivery desc nulls last,
                arrival desc, position desc, row_id desc
        ) as place
    from contender
)

select
    row_id,
    place > 1 as dropped,
    first_value(sent_at) over best_time as sent_at,
    first_value(guess) over best_time = 0 as timed,
    max(delivery) over (partition by person, from_me, message_id) as delivery
from placed
window best_time as (partition by person, from_me, message_id order by guess, place);
