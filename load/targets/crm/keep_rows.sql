-- Keeps what this run leaves in the clients and conversations that it inserted or changed, so that taking it back can
-- tell what was changed since.
-- grain: one row; key: (import_run_id, table_name, row_id); inputs: clients, conversations, import_run_changes
insert into public.import_run_rows (import_run_id, table_name, row_id, after)
select
  %(run)s, 'clients', c.id, to_jsonb(c) - '{id,organization_id,import_run_id,created_at,updated_at}'::text[]
from public.clients c
where c.import_run_id = %(run)s
  or c.id in (
    select row_id from public.import_run_changes where import_run_id = %(run)s and table_name = 'clients'
  )
union all
select
  %(run)s, 'conversations', v.id, to_jsonb(v) - '{id,organization_id,import_run_id,created_at,updated_at}'::text[]
from public.conversations v
where v.import_run_id = %(run)s
  or v.id in (
    select row_id from public.import_run_changes where import_run_id = %(run)s and table_name = 'conversations'
  )
