-- The clients that have a new number: the row is known by a LID, not by its phone. The phone stays when
-- - a person has changed it: it is not the one that a load gave;
-- - it is the same number written differently: the last eight digits are equal;
-- - another row is the client's by the new number;
-- - another account of the organisation has a later message of his, or one as late and the name that comes first.
-- grain: one client; key: client_id; inputs: wa2pg_claims, wa2pg_rows, wa2pg_clients
create temporary table wa2pg_moves on commit drop as
select
  (row_number() over (order by client_id collate "C"))::integer as number,
  moving.*
from (
  select distinct on (k.phone) k.phone, r.id as client_id, r.phone as old_phone
  from wa2pg_claims k
  join wa2pg_rows r on r.id = k.client_id
  join wa2pg_clients s on s.phone = k.phone
  where k.by_lid
    and r.phone = r.given_phone
    and right(r.phone, 8) <> right(s.phone, 8)
    and not exists (select from wa2pg_claims own where own.phone = k.phone and own.by_phone)
    and (
      coalesce(r.account, %(account)s) = %(account)s
      or coalesce(
        (to_char(s.last_message_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') collate "C", r.account collate "C")
          > (coalesce(r.last_message_at, ''), %(account)s),
        false
      )
    )
  order by k.phone, r.last_message_at desc nulls last, r.id collate "C"
) moving
