-- Columns of messages that no load fills and that are empty unless somebody does.
-- grain: one column; inputs: the catalog
select a.attname::text
from pg_catalog.pg_attribute a
where a.attrelid = 'public.messages'::regclass
  and a.attnum > 0
  and not a.attisdropped
  and not a.atthasdef
  and a.attgenerated = ''
  and a.attidentity = ''
  and a.attname <> all (
    '{id,conversationId,organizationId,direction,sender,content,language,whatsappMessageId,status,createdAt}'::text[]
  )
order by 1
