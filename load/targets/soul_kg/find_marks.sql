-- Whether a run left its mark in some client, which it can only have done by being committed.
-- grain: one row; inputs: clients
select exists (
  select from public.clients
  where "organizationId" = %(organization)s
    and (metadata ->> 'importId' = %(wanted)s or metadata #>> '{wa2pg,run}' = %(wanted)s)
)
