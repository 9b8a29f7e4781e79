-- Inserts the conversations of the chosen chats that are not there; all at once, or one phone.
-- grain: one conversation; key: (organization_id, client_id, channel); inputs: wa2pg_clients, clients
insert into public.conversations (
  id, organization_id, client_id, channel, first_message_at, last_message_at, message_count, archived, import_run_id
)
select
  s.conversation_key, %(organization)s, coalesce(s.row_id, by_phone.id, by_key.id), %(channel)s,
  s.first_message_at, s.last_message_at, s.incoming_count + s.outgoing_count, s.archived, %(run)s
from wa2pg_clients s
left join public.clients by_phone on by_phone.organization_id = %(organization)s and by_phone.phone = s.phone
left join public.clients by_key on by_key.organization_id = %(organization)s and by_key.id = s.client_key
where s.chosen
  and (%(phone)s::text is null or s.phone = %(phone)s)
  and coalesce(s.row_id, by_phone.id, by_key.id) is not null
order by s.rank
on conflict do nothing
