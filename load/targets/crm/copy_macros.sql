-- (DuckDB) Values for COPY beyond those of common/copy_text.sql, and keys, see load/keys.py.

-- In JSON a NUL is the escape \u0000. JSON has no bare control characters, so chr(1) can stand for an escaped
-- backslash meanwhile.
create macro plain_json(value) as case
  when contains(value, '\u0000')
    then replace(replace(replace(value, '\\', chr(1)), '\u0000', ''), chr(1), '\\')
  else value
end;

-- a list of texts as PostgreSQL writes an array
create macro as_array(texts) as concat(
  '{',
  array_to_string(
    list_transform(texts, lambda part: concat('"', replace(replace(part, '\', '\\'), '"', '\"'), '"')), ','
  ),
  '}');

-- without hyphens, as PostgreSQL takes it too
create macro hex_to_uuid5(hex) as concat(
  substr(hex, 1, 12), '5', substr(hex, 14, 3),
  case when substr(hex, 17, 1) in ('0', '4', '8', 'c') then '8'
       when substr(hex, 17, 1) in ('1', '5', '9', 'd') then '9'
       when substr(hex, 17, 1) in ('2', '6', 'a', 'e') then 'a' else 'b' end,
  substr(hex, 18, 15));

create macro uuid_bytes(value) as from_hex(replace(value, '-', ''));

create macro uuid5(namespace, name) as hex_to_uuid5(sha1(uuid_bytes(namespace) || encode(name)));

-- 60 bits of a message's key and state; PostgreSQL makes the same of its rows in count_messages.sql
create macro mark(direction, whatsapp_message_id, content_hash) as
  ('0x' || substr(md5(direction || plain(whatsapp_message_id) || substr(content_hash, 1, 16)), 1, 15))::bigint;
