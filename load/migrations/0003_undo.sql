-- What taking a load back needs: what each load left in the clients and conversations that it wrote, and a mark on
-- the runs that were taken back.

alter table public.import_runs
  add column undone_at timestamptz,
  add column undone_by text,
  add column undone jsonb,
  add constraint import_runs_undone_whole check (num_nulls(undone_at, undone_by, undone) in (0, 3));
comment on column public.import_runs.undone_at is 'When the load was taken back; null while it stands';
comment on column public.import_runs.undone_by is 'The database user who took it back';
comment on column public.import_runs.undone is 'The figures of taking it back';

create table public.import_run_rows (
  import_run_id uuid not null references public.import_runs on delete cascade,
  table_name text not null constraint import_run_rows_table_known check (table_name in ('clients', 'conversations')),
  row_id uuid not null,
  fingerprint bigint,
  after jsonb,
  primary key (import_run_id, table_name, row_id),
  constraint import_run_rows_one_of_both check (num_nonnulls(fingerprint, after) = 1)
);
comment on table public.import_run_rows is 'Clients and conversations that an import inserted or changed, as it left them';
comment on column public.import_run_rows.fingerprint is 'Of an inserted row: hash of the columns that it got, but for counts and times';
comment on column public.import_run_rows.after is 'Of a changed row: its columns, without its keys and times of writing';
