-- Marks the run as taken back, once.
-- grain: one run; key: id; inputs: import_runs
update public.import_runs
set undone_at = now(), undone_by = current_user, undone = %(figures)s
where id = %(run)s and undone_at is null
