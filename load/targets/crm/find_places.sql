-- Every conversation that may hold messages of a chosen chat: the one that is loaded into, and those of other rows of
-- the same person. `main` is the first of them.
-- grain: one chat and conversation; key: number, conversation_id; inputs: wa2pg_chats, wa2pg_claims, conversations
create temporary table wa2pg_places on commit drop as
select h.number, h.conversation_id, true as main
from wa2pg_chats h
where not h.new_conversation
union
select h.number, v.id, false
from wa2pg_chats h
join wa2pg_claims k on k.phone = h.phone and (k.by_lid or k.by_key or k.by_number or (k.by_phone and not k.contradicted))
join public.conversations v
  on v.organization_id = %(organization)s and v.client_id = k.client_id and v.channel = %(channel)s
where v.id <> h.conversation_id
