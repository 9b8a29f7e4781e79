-- data tests of the tables as written: each select returns the rows that break it, none when all is well.
-- the first column names the check. No select shows what a message says.
-- inputs: clean_messages, clean_clients, clean_conversations, clean_rejects, accounting;
-- the variables directions, types, statuses, deliveries
select 'messages: one row a phone, direction and id' as broken
from clean_messages
group by phone, direction, whatsapp_message_id
having count(*) > 1;

select 'clients: one row a phone' as broken
from clean_clients
group by phone
having count(*) > 1;

select 'conversations: one row a phone and channel' as broken
from clean_conversations
group by phone, channel
having count(*) > 1;

select 'clients: an address belongs to one client' as broken
from (select unnest(addresses) as address from clean_clients)
group by address
having count(*) > 1;

select 'messages: nothing that must be there is missing' as broken
from clean_messages
where
    phone is null or direction is null or coalesce(whatsapp_message_id, '') = '' or type is null
    or sent_at is null or forwarded is null or reactions is null or content_hash is null;

select 'clients: nothing that must be there is missing' as broken
from clean_clients
where
    phone is null or status is null or status_confidence is null or status_source is null
    or incoming_count is null or outgoing_count is null or len(addresses) is null;

select 'conversations: nothing that must be there is missing' as broken
from clean_conversations
where phone is null or channel is null or message_count is null or archived is null;

select 'rejects: each has a stage and a reason' as broken
from clean_rejects
where stage is null or stage not in ('extract', 'transform') or reason is null;

select 'messages: direction, type and delivery are words of ours' as broken
from clean_messages
where
    not list_contains(getvariable('directions'), direction)
    or not list_contains(getvariable('types'), type)
    or not coalesce(list_contains(getvariable('deliveries'), delivery), true);

select 'clients: status is a word of ours' as broken
from clean_clients
where not list_contains(getvariable('statuses'), status);

select 'clients: a phone is + and digits' as broken
from clean_clients
where not regexp_full_match(phone, '\+[1-9][0-9]{4,16}');

select 'messages: reactions are a list and the content hash is one' as broken
from clean_messages
where reactions not like '[%]' or strlen(content_hash) <> 64;

select 'clients: the first message is not after the last' as broken
from clean_clients
where first_message_at > last_message_at or (first_message_at is null) <> (last_message_at is null);

select 'messages: each has its client' as broken
from clean_messages as m
anti join clean_clients as c on m.phone = c.phone;

select 'clients: counts and times agree with the messages' as broken
from clean_clients as c
left join (
    select
        phone,
        count(*) filter (where direction = 'INCOMING') as incoming,
        count(*) filter (where direction = 'OUTGOING') as outgoing,
        min(sent_at) as first_sent_at,
        max(sent_at) as last_sent_at
    from clean_messages
    group by phone
) as m on c.phone = m.phone
where
    m.phone is null or c.incoming_count <> m.incoming or c.outgoing_count <> m.outgoing
    or c.first_message_at < m.first_sent_at or c.last_message_at > m.last_sent_at;

select 'conversations: each agrees with its client' as broken
from clean_conversations as v
full join clean_clients as c on v.phone = c.phone
where
    v.phone is null or c.phone is null
    or v.message_count <> c.incoming_count + c.outgoing_count
    or v.first_message_at is distinct from c.first_message_at
    or v.last_message_at is distinct from c.last_message_at;

select 'accounting: rows in are rows out, duplicates, applied, not for the CRM and rejected' as broken
from accounting
having
    coalesce(sum(row_count) filter (where part = 'in'), 0)
    <> coalesce(sum(row_count) filter (where part not in ('in', 'undecoded')), 0);

select 'accounting: rows out are the messages as written' as broken
from accounting
having
    coalesce(sum(row_count) filter (where part = 'out'), 0)
    <> (select count(*) from clean_messages);

select 'accounting: rejected and undecoded rows are the rejects as written' as broken
from accounting
having
    coalesce(sum(row_count) filter (where part in ('rejected', 'undecoded')), 0)
    <> (select count(*) from clean_rejects);

select 'texts: none holds the character 0' as broken
from clean_messages
where
    has_nul(whatsapp_message_id) or has_nul(body) or has_nul(reply_to) or has_nul(reactions)
    or has_nul(media_mime) or has_nul(media_name)
union all
select 'texts: none holds the character 0'
from clean_clients
where has_nul(name) or has_nul(ad_title)
union all
select 'texts: none holds the character 0'
from clean_rejects
where has_nul(chat_jid) or has_nul(message_id) or has_nul(detail);
