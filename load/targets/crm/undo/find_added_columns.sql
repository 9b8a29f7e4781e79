-- Columns of our tables that are not ours, and what rows had in them when they came: null, or the constant default
-- they were added with. Columns whose first value cannot be told are left out.
-- grain: one table; key: table_name; inputs: the catalog
select jsonb_object_agg(table_name, columns) as added
from (
  select
    c.relname as table_name,
    jsonb_object_agg(
      a.attname,
      case (a.attmissingval::text::text[])[1]
        when 't' then case when a.atttypid = 'boolean'::regtype then 'true' else 't' end
        when 'f' then case when a.atttypid = 'boolean'::regtype then 'false' else 'f' end
        else (a.attmissingval::text::text[])[1]
      end
    ) as columns
  from pg_catalog.pg_class c
  join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  where c.oid in ('public.clients'::regclass, 'public.conversations'::regclass, 'public.messages'::regclass)
    and a.attgenerated = ''
    and (not a.atthasdef or a.atthasmissing)
    and a.attname <> all (
      '{id,organization_id,client_id,conversation_id,phone,name,first_name,last_name,name_source,preferred_language,'
      'language_confidence,languages,status,status_confidence,status_source,status_reason,country,time_zone,'
      'first_message_at,last_message_at,incoming_count,outgoing_count,ad_title,addresses,import_run_id,created_at,'
      'updated_at,channel,message_count,archived,direction,whatsapp_message_id,type,body,sent_at,language,delivery,'
      'reply_to,forwarded,edited_at,deleted_at,reactions,media_mime,media_name,media_bytes,content_hash}'::text[]
    )
  group by c.relname
) tables
