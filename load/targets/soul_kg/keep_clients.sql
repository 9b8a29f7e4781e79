-- What the clients that change are before it, for the run's ledger: the changed columns.
-- grain: one client; key: id; inputs: clients, wa2pg_next_clients
select c.id, changed.columns || jsonb_build_object('updatedAt', c."updatedAt")
from public.clients c
join wa2pg_next_clients n using (id)
cross join lateral (
  select coalesce(jsonb_object_agg(b.key, b.value), '{}') as columns
  from jsonb_each(to_jsonb(c)) b
  join jsonb_each(to_jsonb(n)) a using (key)
  where b.value is distinct from a.value
) changed
order by c.id
