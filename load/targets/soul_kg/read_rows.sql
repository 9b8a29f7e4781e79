-- The organisation's clients, with what loads have noted in metadata (key `wa2pg`) about those they inserted.
-- Somebody else's JSON of any shape is possible there, so nothing is cast.
-- grain: one client; key: id; inputs: clients
create temporary table wa2pg_rows on commit drop as
select
  c.id,
  c.phone,
  noted.facts ->> 'phone' as given_phone,
  noted.facts ->> 'account' as account,
  noted.facts ->> 'lastMessageAt' as last_message_at,
  array(
    select part.address
    from jsonb_array_elements_text(
      case when jsonb_typeof(noted.facts -> 'addresses') = 'array' then noted.facts -> 'addresses' else '[]' end
    ) part (address)
    where part.address like '%%@lid'
  ) as lids
from public.clients c
cross join lateral (
  select case when jsonb_typeof(c.metadata -> 'wa2pg') = 'object' then c.metadata -> 'wa2pg' end as facts
) noted
where c."organizationId" = %(organization)s
