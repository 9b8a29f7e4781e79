-- The loads of an organisation, or of all, the one that ended last first.
-- grain: one run; key: id; inputs: import_runs, organizations
select
  r.id, r.organization_id, o.slug as organization, r.account, r.clean_run, r.tool_version, r.options, r.counts,
  r.started_at, r.finished_at, r.undone_at, r.undone_by, r.undone
from public.import_runs r
join public.organizations o on o.id = r.organization_id
where (%(organization)s::uuid is null or r.organization_id = %(organization)s)
  and r.finished_at is not null
order by r.finished_at desc, r.id
