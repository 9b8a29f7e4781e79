-- Deletes the messages that the run inserted and that nobody has worked on.
-- grain: one message; key: id; inputs: wa2pg_kept, messages
delete from public.messages m
where m.organization_id = %(organization)s
  and m.import_run_id = %(run)s
  and not exists (select 1 from wa2pg_kept k where k.table_name = 'messages' and k.row_id = m.id)
