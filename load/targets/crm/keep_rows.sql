-- Keeps what this run leaves in the clients and conversations that it inserted or changed, so that taking it back can
-- tell what was changed since. Of inserted rows a hash will do, and costs little; undo/find_rows.sql makes the same.
-- grain: one row; key: (import_run_id, table_name, row_id); inputs: clients, conversations, import_run_changes
with changed as (
  select table_name, row_id from public.import_run_changes where import_run_id = %(run)s
)
insert into public.import_run_rows (import_run_id, table_name, row_id, fingerprint, after)
select
  %(run)s, 'clients', c.id,
  hash_record_extended(
    row(
      c.phone, c.name, c.first_name, c.last_name, c.name_source, c.preferred_language, c.language_confidence, c.languages,
      c.status, c.status_confidence, c.status_source, c.status_reason, c.country, c.time_zone, c.ad_title, c.addresses
    ),
    0
  ),
  null::jsonb
from public.clients c
where c.import_run_id = %(run)s
union all
select %(run)s, 'conversations', v.id, hash_record_extended(row(v.client_id, v.channel, v.archived), 0), null
from public.conversations v
where v.import_run_id = %(run)s
union all
select
  %(run)s, 'clients', c.id, null, to_jsonb(c) - '{id,organization_id,import_run_id,created_at,updated_at}'::text[]
from public.clients c
where c.id in (select row_id from changed where table_name = 'clients')
union all
select
  %(run)s, 'conversations', v.id, null,
  to_jsonb(v) - '{id,organization_id,import_run_id,created_at,updated_at}'::text[]
from public.conversations v
where v.id in (select row_id from changed where table_name = 'conversations')
