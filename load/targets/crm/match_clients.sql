-- Ranks the chats (latest message first, ties by phone: the order in which a limit takes them) and marks those whose
-- client was in the database before this run: by phone, or by key when a person has corrected the phone since.
-- grain: one client; key: phone; inputs: wa2pg_clients, clients
update wa2pg_clients s
set rank = ranked.rank,
    there_before =
      exists (select 1 from public.clients c where c.organization_id = %(organization)s and c.phone = s.phone)
      or exists (select 1 from public.clients c where c.organization_id = %(organization)s and c.id = s.client_key)
from (
  select phone, row_number() over (order by last_message_at desc nulls last, phone collate "C") as rank
  from wa2pg_clients
) ranked
where ranked.phone = s.phone
