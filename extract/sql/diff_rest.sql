-- rows that cannot be compared: without an id, without a chat, or about a message that neither snapshot has.
-- grain and key: snapshot
-- inputs: raw_messages, address, message
select
    m.snapshot,
    count(*) filter (
        m.kind not in ('edit', 'revoke', 'reaction', 'poll_vote') and (m.message_id is null or a.chat is null)
    ) as without_key,
    count(*) filter (
        m.kind in ('edit', 'revoke', 'reaction', 'poll_vote')
        and not exists (select 1 from message as t where t.chat = a.chat and t.message_id = m.target_id)
    ) as without_target
from raw_messages as m
left join address as a on m.chat_jid = a.jid
group by m.snapshot
order by m.snapshot;
