-- (DuckDB) How many messages of the batch are new, and how many changed.
-- grain: one row; inputs: compared
select count(*) filter (where verdict = 'new') as new, count(*) filter (where verdict = 'changed') as changed
from compared
