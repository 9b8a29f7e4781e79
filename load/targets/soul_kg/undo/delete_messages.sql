-- Deletes the messages that the run inserted and that nobody has worked on.
-- grain: one message; key: id; inputs: wa2pg_ledger, wa2pg_kept, messages
delete from public.messages m
using wa2pg_ledger w
where w.table_name = 'messages'
  and w.action = 'inserted'
  and w.row_id = m.id
  and m."organizationId" = %(organization)s
  and not exists (select from wa2pg_kept k where k.table_name = 'messages' and k.row_id = m.id)
