-- Messages that stand twice in one conversation, in the same direction and under the same bare WhatsApp id.
-- grain: one row; inputs: messages
select count(*), (array_agg(id order by id))[1:10]
from (
  select
    id,
    count(*) over (
      partition by "conversationId", direction,
        regexp_replace("whatsappMessageId", '^(true|false)_[0-9:]+@[a-z.]+_', '')
    ) as messages
  from public.messages
  where "organizationId" = %(organization)s and "whatsappMessageId" is not null
) m
where messages > 1
