-- Keeps what the clients were that are about to change; those this run inserted have no before.
-- grain: one client; key: (import_run_id, table_name, row_id); inputs: wa2pg_next_clients, clients
insert into public.import_run_changes (import_run_id, table_name, row_id, before)
select
  %(run)s, 'clients', c.id,
  (
    select jsonb_object_agg(b.key, b.value)
    from jsonb_each(to_jsonb(c)) b
    join jsonb_each(to_jsonb(n)) a using (key)
    where b.value is distinct from a.value
  )
from wa2pg_next_clients n
join public.clients c using (id)
where c.import_run_id is distinct from %(run)s
