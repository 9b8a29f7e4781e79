-- (DuckDB) How many messages of the batch got which verdict.
-- grain: one verdict; key: verdict; inputs: judged
select verdict, count(*) from judged group by verdict
