-- Deletes the conversations that the run inserted and that do not stay; nothing is left under them.
-- grain: one conversation; key: id; inputs: wa2pg_staying, conversations
delete from public.conversations t
where t.organization_id = %(organization)s
  and t.import_run_id = %(run)s
  and not exists (select 1 from wa2pg_staying s where s.table_name = 'conversations' and s.row_id = t.id)
