-- How many rows of each table the organisation has.
-- grain: one table; key: table_name; inputs: every table
select 'clients' as table_name, count(*) from public.clients where "organizationId" = %(organization)s
union all
select 'conversations', count(*) from public.conversations where "organizationId" = %(organization)s
union all
select 'messages', count(*) from public.messages where "organizationId" = %(organization)s
union all
select 'client_status_history', count(*) from public.client_status_history where "organizationId" = %(organization)s
