-- (DuckDB) Keys, and the CRM's words for what a message is; see keys.py and common/copy_text.sql.

create macro hex_to_uuid5(hex) as
  substr(hex, 1, 8) || '-' || substr(hex, 9, 4) || '-5' || substr(hex, 14, 3) || '-'
  || substr('89ab89ab89ab89ab', ('0x' || substr(hex, 17, 1))::integer + 1, 1) || substr(hex, 18, 3)
  || '-' || substr(hex, 21, 12);

create macro uuid5(namespace, name) as hex_to_uuid5(sha1(from_hex(replace(namespace, '-', '')) || encode(name)));

create macro message_key(namespace, client_id, direction, message_id) as
  uuid5(namespace, 'message:' || client_id || ':' || direction || ':' || message_id);

-- whatsapp-web.js writes {true|false}_{address}_{id}; an id may hold underscores, an address has none
create macro address_in(serialized) as regexp_extract(serialized, '^(true|false)_([0-9:]+@[a-z.]+)_', 2);

create macro bare_id(serialized) as regexp_replace(serialized, '^(true|false)_[0-9:]+@[a-z.]+_', '');

-- in some chats it adds the writer, or the side of a note to self
create macro without_writer(bare) as regexp_replace(bare, '_(in|out|[0-9:]+@[a-z.]+)$', '');

create macro crm_status(direction, delivery) as case
  when direction = 'INCOMING' then 'DELIVERED'
  when delivery = 'error' then 'FAILED'
  when delivery = 'pending' then 'PENDING'
  when delivery in ('delivered', 'read', 'played') then 'DELIVERED'
  else 'SENT'
end;

create macro progress_of(status) as list_position(['FAILED', 'PENDING', 'SENT', 'DELIVERED'], status);

create macro said_size(bytes) as case
  when bytes < 1000 then bytes || ' bytes'
  when bytes < 1000000 then round(bytes / 1000)::bigint || ' kB'
  else printf('%.1f MB', bytes / 1000000)
end;

-- what stands in for a text that a message never had; messages.py knows these words too
create macro placeholder(type, media_name, media_bytes, deleted_at) as
  '['
  || case when type in ('TEXT', 'OTHER') then case when deleted_at is null then 'message' else 'deleted message' end
       else lower(type) end
  || coalesce(': ' || nullif(concat_ws(', ',
       nullif(trim(regexp_replace(left(media_name, 200), '\s+', ' ', 'g')), ''), said_size(media_bytes)), ''), '')
  || ']';

-- what a run's ledger keeps of a message; insert_staged_messages.sql, update_messages.sql and undo/ make the same
create macro left_as(content, language, status) as
  substr(md5(plain(content) || chr(31) || coalesce(plain(language), '') || chr(31) || status), 1, 16);

create macro content_of(type, body, media_name, media_bytes, deleted_at) as
  coalesce(nullif(plain(body), ''), placeholder(type, plain(media_name), media_bytes, deleted_at));
