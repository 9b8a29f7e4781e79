-- the chat that each address belongs to: a LID's number by the newest evidence, else the address itself.
-- grain: a chat's address as it was written; key: jid; chat_number is short for chat
-- inputs: raw_messages, raw_chats, raw_lid_map
create table address as
with number_of as (
    select
        regexp_replace(lid, ':[0-9]+@', '@') as lid,
        arg_max(regexp_replace(pn, ':[0-9]+@', '@'), (snapshot, coalesce(payload, 2147483647), pn)) as pn
    from raw_lid_map
    group by all
),

seen as (
    select chat_jid as jid
    from raw_messages
    union
    select chat_jid
    from raw_chats
)

select
    s.jid,
    coalesce(n.pn, regexp_replace(s.jid, ':[0-9]+@', '@')) as chat,
    dense_rank() over (order by chat)::integer as chat_number
from seen as s
left join number_of as n on regexp_replace(s.jid, ':[0-9]+@', '@') = n.lid
where s.jid is not null;
