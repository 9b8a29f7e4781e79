-- The figures of the report.
-- grain: one row; inputs: wa2pg_clients, wa2pg_chats, wa2pg_totals, import_run_changes, client_status_history
with changed as (
  select row_id, table_name from public.import_run_changes where import_run_id = %(run)s
),
chats as (
  select
    h.new_client,
    h.new_conversation
      or exists (
        select 1 from wa2pg_totals t where t.conversation_id = h.conversation_id and t.inserted_count > 0
      )
      or h.client_id in (select row_id from changed where table_name = 'clients')
      or h.conversation_id in (select row_id from changed where table_name = 'conversations')
      or h.conversation_id in (
        select m.conversation_id from changed join public.messages m on m.id = row_id where table_name = 'messages'
      ) as changed
  from wa2pg_chats h
)
select
  (select count(*) from wa2pg_clients) as total,
  (select count(*) from wa2pg_clients where not chosen and refused is null) as left_out,
  (select count(*) from chats where new_client) as imported,
  (select count(*) from chats where not new_client and changed) as updated,
  (select count(*) from chats where not new_client and not changed) as skipped,
  (select coalesce(sum(inserted_count), 0)::bigint from wa2pg_totals) as messages_inserted,
  (select count(*) from changed where table_name = 'messages') as messages_updated,
  (select count(*) from changed where table_name = 'clients') as clients_updated,
  (select count(*) from public.client_status_history where import_run_id = %(run)s) as history_rows
