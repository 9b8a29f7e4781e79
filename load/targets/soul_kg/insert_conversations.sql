-- Inserts the conversations of the clients that this run inserted; all at once, or one phone.
-- Who manages it is left to the CRM's default.
-- grain: one conversation; key: id; inputs: wa2pg_clients
insert into public.conversations (
  id, "organizationId", "clientId", channel, status, "lastMessageAt", "createdAt", "updatedAt"
)
select
  conversation_key, %(organization)s, client_key, %(channel)s::public."CommunicationChannel", 'ACTIVE',
  last_message_at, coalesce(first_message_at, localtimestamp(3)), localtimestamp(3)
from wa2pg_clients
where inserted and (%(phone)s::text is null or phone = %(phone)s)
order by rank
on conflict do nothing
