-- The clients and conversations that the run inserted or changed and that are still there, as they are; of changed ones
-- also what was `before`, and as the run left them (`after`); of inserted ones whether they are as it left them
-- (`intact`, null where that is not known). A row made anew since under the same key is not the
-- run's. `mine`: the columns that only the run may have written; counts and times follow the messages and are no one's.
-- grain: one row; key: table_name, row_id; inputs: clients, conversations, import_run_rows, import_run_changes
create temporary table wa2pg_mine on commit drop as
with found as (
  select 'clients' as table_name, c.id as row_id, c.id as client_id, to_jsonb(c) as now, null::jsonb as before,
    true as inserted,
    hash_record_extended(
      row(
        c.phone, c.name, c.first_name, c.last_name, c.name_source, c.preferred_language, c.language_confidence,
        c.languages, c.status, c.status_confidence, c.status_source, c.status_reason, c.country, c.time_zone,
        c.ad_title, c.addresses
      ),
      0
    ) as fingerprint
  from public.clients c
  where c.import_run_id = %(run)s
  union all
  select 'conversations', v.id, v.client_id, to_jsonb(v), null, true,
    hash_record_extended(row(v.client_id, v.channel, v.archived), 0)
  from public.conversations v
  where v.import_run_id = %(run)s
  union all
  select h.table_name, c.id, c.id, to_jsonb(c), h.before, false, null
  from public.import_run_changes h
  join public.import_runs r on r.id = h.import_run_id
  join public.clients c on c.id = h.row_id and c.created_at <= r.finished_at
  where h.import_run_id = %(run)s and h.table_name = 'clients'
  union all
  select h.table_name, v.id, v.client_id, to_jsonb(v), h.before, false, null
  from public.import_run_changes h
  join public.import_runs r on r.id = h.import_run_id
  join public.conversations v on v.id = h.row_id and v.created_at <= r.finished_at
  where h.import_run_id = %(run)s and h.table_name = 'conversations'
)
select f.*, i.after, i.fingerprint = f.fingerprint as intact, wrote.columns as mine
from found f
left join public.import_run_rows i
  on i.import_run_id = %(run)s and i.table_name = f.table_name and i.row_id = f.row_id
cross join lateral (
  select coalesce(array_agg(key), '{}') as columns
  from jsonb_object_keys(coalesce(f.before, f.now)) key
  where key <> all (
    '{id,organization_id,import_run_id,created_at,updated_at,first_message_at,last_message_at,incoming_count,'
    'outgoing_count,message_count}'::text[]
  )
) wrote
