-- what the actions do to the messages they are about.
-- grain: target: a message that some action names; verdict: an action; deleted_unseen: a message of which only its
-- deletion is known; change: a message that was edited, deleted or reacted to. key: row_id
-- inputs: occurrence, choice, action, filled_time
create table target as
select
    o.row_id,
    o.person,
    o.from_me,
    o.message_id,
    coalesce(c.sent_at, o.sent_at) as sent_at
from occurrence as o
semi join action as a on o.person = a.person and o.message_id = a.target_id
left join choice as c on o.row_id = c.row_id
where o.part = 'message' and c.dropped is not true;

create table verdict as
select
    a.row_id,
    a.kind,
    case
        when a.repeated then 'duplicate'
        when same.row_id is not null or (not is_authored and other.row_id is not null) then 'applied'
        when other.row_id is not null then 'not_the_author'
        when a.kind = 'revoke' then 'unseen'
        else 'target_missing'
    end as fate
from (select *, kind in ('edit', 'revoke') as is_authored from action) as a
left join target as same
    on a.person = same.person and a.target_id = same.message_id and a.from_me = same.from_me
left join target as other
    on a.person = other.person and a.target_id = other.message_id and a.from_me <> other.from_me;

create table deleted_unseen as
select
    a.row_id,
    a.person,
    a.from_me,
    a.target_id as message_id,
    coalesce(a.sent_at, f.sent_at) as sent_at,
    a.sent_at is not null as timed
from action as a
inner join verdict as v on a.row_id = v.row_id
left join filled_time as f on a.row_id = f.row_id
where v.fate = 'unseen'
qualify row_number() over (
    partition by a.person, a.from_me, a.target_id
    order by a.sent_at nulls last, f.guess, f.sent_at, a.arrival, a.position, a.row_id
) = 1;

create table applied as
select
    t.row_id,
    t.sent_at as target_sent_at,
    a.row_id as action_id,
    a.arrival,
    a.position,
    a.from_me,
    a.kind,
    a.sent_at,
    a.words
from action as a
inner join verdict as v on a.row_id = v.row_id
inner join target as t
    on
        a.person = t.person and a.target_id = t.message_id
        and (a.from_me = t.from_me or a.kind = 'reaction')
where v.fate = 'applied' and a.kind <> 'poll_vote';

create table reaction as
select
    row_id,
    from_me,
    sent_at,
    without_nul(words) as emoji
from applied
where kind = 'reaction'
qualify row_number() over (
    partition by row_id, from_me
    order by sent_at desc nulls last, arrival desc, position desc, action_id desc
) = 1;

create table change as
with edited as (
    select
        row_id,
        coalesce(max(sent_at), min(target_sent_at)) as edited_at,
        -- null where no edit's new text could be read: the message keeps its own
        arg_max(words, (coalesce(sent_at, make_timestamptz(0)), arrival, position, action_id)) as new_body
    from applied
    where kind = 'edit'
    group by row_id
),

deleted as (
    select
        row_id,
        coalesce(min(sent_at), min(target_sent_at)) as deleted_at
    from applied
    where kind = 'revoke'
    group by row_id
),

reacted as (
    select
        row_id,
        to_json(
            list(
                {
                    'emoji': emoji,
                    'from_me': from_me,
                    'sent_at': strftime(sent_at, '%Y-%m-%dT%H:%M:%S.%gZ')
                }
                order by sent_at nulls first, from_me
            )
        )::varchar as reactions
    from reaction
    where emoji <> ''
    group by row_id
)

select
    row_id,
    e.edited_at,
    e.new_body,
    d.deleted_at,
    r.reactions
from edited as e
full join deleted as d using (row_id)
full join reacted as r using (row_id);
