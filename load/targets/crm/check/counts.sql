-- How many rows of each table the organisation has.
-- grain: one table; key: table_name; inputs: every table
select 'clients' as table_name, count(*) from public.clients where organization_id = %(organization)s
union all
select 'conversations', count(*) from public.conversations where organization_id = %(organization)s
union all
select 'messages', count(*) from public.messages where organization_id = %(organization)s
union all
select 'client_status_history', count(*) from public.client_status_history where organization_id = %(organization)s
union all
select 'import_runs', count(*) from public.import_runs where organization_id = %(organization)s
