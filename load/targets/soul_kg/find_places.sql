-- Every conversation that may hold messages of a chosen chat: all of his row, archived ones too, and those of other
-- rows that are his.
-- grain: one chat and conversation; key: number, conversation_id; inputs: wa2pg_chats, wa2pg_claims, conversations
create temporary table wa2pg_places on commit drop as
with rows as (
  select number, client_id from wa2pg_chats where not new_client
  union
  select h.number, k.client_id from wa2pg_chats h join wa2pg_claims k using (phone)
)
select r.number, v.id as conversation_id
from rows r
join public.conversations v on v."clientId" = r.client_id
where v."organizationId" = %(organization)s
