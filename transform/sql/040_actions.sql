-- edits, revokes, reactions and poll votes with what they say.
-- grain: an occurrence; key: row_id. spoken: of an action or of what may be a stub; action: of an action that has a
-- target, where `repeated` marks all but the latest of identical ones
-- inputs: occurrence, raw_messages
create table spoken as
-- the one reading of texts before the last step: they are most of the bytes
select
    row_id,
    sent_at,
    text as words
from raw_messages
where is_action(kind) or may_be_stub(kind);

create table action as
select
    o.row_id,
    o.arrival,
    o.position,
    o.chat,
    o.person,
    o.from_me,
    o.message_id,
    o.target_id,
    o.kind,
    o.sent_at,
    m.words,
    row_number() over (
        partition by o.person, o.kind, o.from_me, o.target_id, m.words, m.sent_at, o.message_id
        order by o.arrival desc, o.position desc, o.row_id desc
    ) > 1 as repeated
from occurrence as o
inner join spoken as m on o.row_id = m.row_id
where o.part = 'action';
