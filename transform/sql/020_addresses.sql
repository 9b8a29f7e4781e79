-- every address that occurs, and every piece of evidence which number a LID has.
-- grain: an address as it was written; a (lid, pn, source)
-- inputs: raw_messages, raw_chats, raw_contacts, raw_lid_map
create table seen_jid as
select
    jid,
    bool_or(has_messages) as has_messages,
    bool_or(is_contact) as is_contact
from (
    select distinct
        chat_jid as jid,
        true as has_messages,
        false as is_contact
    from raw_messages
    union all
    select distinct
        chat_jid,
        false,
        false
    from raw_chats
    union all
    select distinct
        jid,
        false,
        true
    from raw_contacts
)
where jid is not null
group by jid;

create table evidence as
select
    lid,
    pn,
    source,
    max(arrival) as arrival
from raw_lid_map
group by lid, pn, source;
