-- what each snapshot says of a message: its content where it can be read, else its stub, and how far it got.
-- grain: a message in a snapshot; key: (snapshot, chat, from_me, message_id); row_count > 1: a duplicate key
-- inputs: raw_messages, address; the variable `deliveries`: delivery words, least progress first
create table message as
select
    m.snapshot,
    a.chat,
    m.from_me,
    m.message_id,
    count(*) as row_count,
    arg_max(
        hash(m.kind, m.text, m.media_sha256),
        (m.kind not in ('unavailable', 'unknown') or m.text is not null, m.payload, m.position, hash(m.kind, m.text))
    ) as content,
    max(list_position(getvariable('deliveries'), m.delivery)) as delivery
from raw_messages as m
inner join address as a on m.chat_jid = a.jid
where m.message_id is not null and m.kind not in ('edit', 'revoke', 'reaction', 'poll_vote')
group by all;
