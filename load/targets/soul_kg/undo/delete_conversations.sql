-- Deletes the conversations that the run inserted and that do not stay; nothing is left under them.
-- grain: one row; key: id; inputs: wa2pg_ledger, wa2pg_staying, conversations
delete from public.conversations t
using wa2pg_ledger w
where w.table_name = 'conversations'
  and w.action = 'inserted'
  and w.row_id = t.id
  and t."organizationId" = %(organization)s
  and not exists (select from wa2pg_staying s where s.table_name = 'conversations' and s.row_id = t.id)
