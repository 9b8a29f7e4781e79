-- Holds the conversations whose last time this run may move.
-- grain: one conversation; key: id; inputs: conversations, wa2pg_claims
select v.id
from public.conversations v
where v."clientId" in (select client_id from wa2pg_claims)
order by v.id
for no key update
