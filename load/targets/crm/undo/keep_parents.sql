-- Rows that the run inserted and that others have put something under: conversations with messages of another import,
-- of people or of other programs, and clients with such conversations.
-- grain: one row and reason; inputs: wa2pg_mine, messages, conversations
insert into wa2pg_kept (table_name, row_id, client_id, reason, by)
select distinct
  m.table_name, m.row_id, m.client_id,
  case when x.import_run_id is null then 'people' else 'later_import' end,
  coalesce(x.import_run_id::text, 'messages')
from wa2pg_mine m
join public.messages x on x.conversation_id = m.row_id
where m.table_name = 'conversations' and m.inserted and x.import_run_id is distinct from %(run)s
union all
select distinct
  m.table_name, m.row_id, m.client_id,
  case when v.import_run_id is null then 'people' else 'later_import' end,
  coalesce(v.import_run_id::text, 'conversations')
from wa2pg_mine m
join public.conversations v on v.client_id = m.row_id
where m.table_name = 'clients' and m.inserted and v.import_run_id is distinct from %(run)s
