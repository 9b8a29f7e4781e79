-- What of a load is in the database now: rows that it inserted, and rows that it changed.
-- grain: one row; inputs: clients, conversations, messages, client_status_history, import_run_changes
select
  (select count(*) from public.clients where import_run_id = %(run)s) as clients,
  (select count(*) from public.conversations where import_run_id = %(run)s) as conversations,
  (select count(*) from public.messages
   where organization_id = %(organization)s and import_run_id = %(run)s) as messages,
  (select count(*) from public.client_status_history where import_run_id = %(run)s) as history_rows,
  (select count(*) from public.import_run_changes
   where import_run_id = %(run)s and table_name = 'clients') as changed_clients,
  (select count(*) from public.import_run_changes
   where import_run_id = %(run)s and table_name = 'conversations') as changed_conversations,
  (select count(*) from public.import_run_changes
   where import_run_id = %(run)s and table_name = 'messages') as changed_messages
