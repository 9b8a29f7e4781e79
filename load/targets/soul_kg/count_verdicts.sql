-- (DuckDB) How many messages of the batch got which verdict.
-- grain: one verdict; key: verdict; inputs: compared
select verdict, count(*) from compared group by verdict
