-- Rows that the run inserted and that others have put something under: conversations with messages of a later run, of
-- people or of the CRM, and clients with such conversations.
-- grain: one row and reason; inputs: wa2pg_ledger, wa2pg_later, messages, conversations
insert into wa2pg_kept (table_name, row_id, client_id, reason, by)
select distinct
  'conversations', v.id, v."clientId",
  case when l.run is null then 'people' else 'later_import' end,
  coalesce(l.run, 'messages')
from wa2pg_ledger c
join public.conversations v on v.id = c.row_id
join public.messages m on m."conversationId" = v.id
left join wa2pg_ledger w on w.table_name = 'messages' and w.action = 'inserted' and w.row_id = m.id
left join wa2pg_later l on l.table_name = 'messages' and l.row_id = m.id
where c.table_name = 'conversations' and c.action = 'inserted' and w.row_id is null
union all
select distinct
  'clients', k.row_id, k.row_id,
  case when l.run is null then 'people' else 'later_import' end,
  coalesce(l.run, 'conversations')
from wa2pg_ledger k
join public.conversations v on v."clientId" = k.row_id
left join wa2pg_ledger c on c.table_name = 'conversations' and c.action = 'inserted' and c.row_id = v.id
left join wa2pg_later l on l.table_name = 'conversations' and l.row_id = v.id
where k.table_name = 'clients' and k.action = 'inserted' and c.row_id is null
