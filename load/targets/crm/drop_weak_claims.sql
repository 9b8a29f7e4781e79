-- Leaves of the claims to a row those that can stand beside each other: where a LID says whose it is, it is nobody
-- else's; where nothing but a number that he had speaks for it, it is one person's; a contradicted claim counts only
-- by the phone the row has today. Of several clean clients the one with the row's phone comes first (he was one
-- person to an older run and is two today), then one who has no row by his own phone, then the one with the latest
-- message.
-- grain: one clean client and row; key: phone, client_id; inputs: wa2pg_claims, wa2pg_clients
with claims as (
  select k.*, bool_or(k.by_phone) over (partition by k.phone) as has_own_row
  from wa2pg_claims k
),
placed as (
  select
    k.phone,
    k.client_id,
    k.contradicted and not k.by_phone as refuted,
    bool_or(k.by_lid) over row_of as lid_known,
    bool_or(k.by_phone or (k.by_key and not k.contradicted)) over row_of as otherwise_known,
    k.by_phone or k.by_key as strong,
    row_number() over (
      partition by k.client_id
      order by k.by_lid desc, k.by_phone desc, k.has_own_row, (k.by_number and not k.contradicted) desc,
               s.last_message_at desc nulls last, s.phone collate "C"
    ) as place
  from claims k
  join wa2pg_clients s using (phone)
  window row_of as (partition by k.client_id)
)
delete from wa2pg_claims k
using placed p
where p.phone = k.phone
  and p.client_id = k.client_id
  and (
    p.refuted
    or (p.lid_known and p.place > 1)
    or (not p.lid_known and p.otherwise_known and not p.strong and k.by_number)
    or (not p.lid_known and not p.otherwise_known and k.by_number and p.place > 1)
  )
