-- what each snapshot says was done to a message, whether or not it has the message itself.
-- grain: a target in a snapshot; key: (snapshot, chat, message_id)
-- inputs: raw_messages, address
create table action as
select
    m.snapshot,
    a.chat,
    m.target_id as message_id,
    list_sort(list(distinct hash(m.text, m.media_sha256)) filter (m.kind = 'edit')) as edits,
    bool_or(m.kind = 'revoke') as deleted,
    list_sort(list(distinct hash(m.kind, m.from_me, m.sender_jid, m.text)) filter (m.kind in ('reaction', 'poll_vote')))
        as reactions
from raw_messages as m
inner join address as a on m.chat_jid = a.jid
where m.target_id is not null and m.kind in ('edit', 'revoke', 'reaction', 'poll_vote')
group by all;
