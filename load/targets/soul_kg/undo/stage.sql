-- The run's ledger on the server, but for what Python compares (clients and conversations that it changed); rows of
-- later runs that changed the same messages; what is kept; and what clients are given back.
-- inputs: the ledgers of the data directory
create temporary table wa2pg_ledger (
  table_name text not null, row_id text not null, action text not null, before jsonb, after text
) on commit drop;
create temporary table wa2pg_later (table_name text not null, row_id text not null, run text not null) on commit drop;
create temporary table wa2pg_kept (
  table_name text not null, row_id text not null, client_id text, reason text not null, by text
) on commit drop;
create temporary table wa2pg_restored (table_name text not null, row_id text primary key, columns jsonb not null)
on commit drop
