-- what the company's people call themselves: push names of the account, now and on the days of its messages.
-- grain and key: name
-- inputs: raw_contacts, raw_messages, address
create table own_name as
select m.push_name as name
from raw_messages as m
where m.from_me and m.kind <> 'system' and m.push_name is not null
union
select c.push_name
from raw_contacts as c
inner join address as a on c.jid = a.jid
where a.outside = 'note_to_self' and c.push_name is not null;
