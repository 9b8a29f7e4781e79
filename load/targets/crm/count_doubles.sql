-- How many people have several rows, which were theirs one after the other.
-- grain: one row; inputs: wa2pg_claims
select count(*)
from (
  select phone
  from wa2pg_claims
  where by_lid or by_number or (by_phone and not contradicted)
  group by phone
  having count(*) > 1
) doubled
