-- Holds the conversations that messages are loaded into, as the reference's own trigger does row by row: nobody can
-- remove one, or change its key, until the transaction ends. Gives how many of them there are.
-- grain: one row; inputs: wa2pg_chats, conversations
select count(*)
from (
  select v.id
  from public.conversations v
  where v.id in (select conversation_id from wa2pg_chats) and v.organization_id = %(organization)s
  for key share
) held
