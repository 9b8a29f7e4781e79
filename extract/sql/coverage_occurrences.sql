-- where each message was brought. A message without an id is told by its time and kind.
-- grain: a message in a snapshot by one origin; key: (identity, snapshot, origin)
-- inputs: raw_messages, address; the variable `latest`: by snapshot, no message is later
create table occurrence as
select
    hash(a.chat, m.from_me, coalesce(m.message_id, m.kind || epoch_ms(m.sent_at))) as identity,
    a.chat_number,
    m.snapshot,
    m.origin,
    min(m.payload) as payload,
    min(m.sent_at) filter (m.sent_at <= getvariable('latest')[m.snapshot + 1]) as sent_at
from raw_messages as m
inner join address as a on m.chat_jid = a.jid
where m.kind not in ('edit', 'revoke', 'reaction', 'poll_vote', 'system')
group by identity, a.chat_number, m.snapshot, m.origin;
