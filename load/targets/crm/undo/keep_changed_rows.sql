-- Clients and conversations in which something that the run wrote is not as the run left it: a later import changed
-- it, or else a person or another program did. Of inserted rows every column counts, also one that is not ours.
-- `added`: what rows had in a column that is not ours when it came, as text; null where that was nothing.
-- grain: one row and reason; inputs: wa2pg_mine, import_run_changes, import_runs
insert into wa2pg_kept (table_name, row_id, client_id, reason, by)
with later as (
  select h.table_name, h.row_id, h.import_run_id, h.before
  from public.import_run_changes h
  join public.import_runs r on r.id = h.import_run_id
  where h.import_run_id <> %(run)s
    and r.finished_at > (select finished_at from public.import_runs where id = %(run)s)
)
select m.table_name, m.row_id, m.client_id, 'later_import', l.import_run_id::text
from wa2pg_mine m
join later l using (table_name, row_id)
where l.before ?| m.mine
union all
select m.table_name, m.row_id, m.client_id, 'unknown', null
from wa2pg_mine m
where case when m.inserted then m.intact is null else m.after is null end
union all
select m.table_name, m.row_id, m.client_id, 'changed', null
from wa2pg_mine m
where m.inserted
  and (
    (
      not m.intact
      and not exists (
        select 1 from later l
        where l.table_name = m.table_name and l.row_id = m.row_id and l.before ?| m.mine
      )
    )
    or exists (
      select 1
      from jsonb_each_text(coalesce(%(added)s::jsonb -> m.table_name, '{}')) a
      where m.now ->> a.key is distinct from a.value
    )
  )
union all
select m.table_name, m.row_id, m.client_id, 'changed', null
from wa2pg_mine m
where not m.inserted
  and exists (
    select 1
    from unnest(m.mine) key
    where m.now -> key is distinct from m.after -> key
      and not exists (
        select 1 from later l where l.table_name = m.table_name and l.row_id = m.row_id and l.before ? key
      )
  )
