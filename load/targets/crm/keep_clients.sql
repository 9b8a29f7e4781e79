-- Keeps what the clients were that change in this run; those it inserted have no before.
-- grain: one client; key: (import_run_id, table_name, row_id); inputs: wa2pg_next_clients, wa2pg_moves, clients
insert into public.import_run_changes (import_run_id, table_name, row_id, before)
select
  %(run)s, 'clients', c.id,
  coalesce(
    (
      select jsonb_object_agg(b.key, b.value)
      from jsonb_each(to_jsonb(c)) b
      join jsonb_each(to_jsonb(n)) a using (key)
      where b.value is distinct from a.value
    ),
    '{}'
  ) || coalesce(m.before, '{}')
from (select id from wa2pg_next_clients union select client_id from wa2pg_moves) changed
join public.clients c using (id)
left join wa2pg_next_clients n using (id)
left join wa2pg_moves m on m.client_id = c.id
where c.import_run_id is distinct from %(run)s
