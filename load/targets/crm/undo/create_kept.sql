-- Rows that cannot be taken back without undoing what somebody has done since, and why.
-- reason: changed | later_import | people | referenced | number_taken | unknown
-- by: the run or the table that stands in the way
-- grain: one row and reason; key: none; inputs: none
create temporary table wa2pg_kept (
  table_name text not null,
  row_id uuid not null,
  client_id uuid,
  reason text not null,
  by text
) on commit drop
