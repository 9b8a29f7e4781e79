-- (DuckDB) How many clean clients to be loaded hold a NUL that is taken away.
-- grain: one row; inputs: all_clean_clients
select count(*)
from all_clean_clients
where not skip
  and contains(
    concat(
      phone, name, first_name, last_name, name_source, preferred_language, languages, status, status_source,
      status_reason, country, time_zone, ad_title, array_to_string(addresses, '')
    ),
    chr(0)
  )
