-- Marks the chats whose client was in the database before this run: by phone, or by key when a person has
-- corrected the phone since.
-- grain: one client; key: phone; inputs: wa2pg_clients, clients
update wa2pg_clients s
set there_before =
  exists (select 1 from public.clients c where c.organization_id = %(organization)s and c.phone = s.phone)
  or exists (select 1 from public.clients c where c.organization_id = %(organization)s and c.id = s.client_key)
