-- (DuckDB) Writing PostgreSQL's text format for COPY, and keys, see load/keys.py.
-- PostgreSQL cannot hold the character NUL in a text; `plain` takes it away.
create macro plain(value) as replace(value, chr(0), '');

create macro copied(value) as coalesce(
  replace(replace(replace(replace(plain(value), '\', '\\'), chr(9), '\t'), chr(10), '\n'), chr(13), '\r'), '\N');

-- In JSON a NUL is the escape \u0000. JSON has no bare control characters, so chr(1) can stand for an escaped
-- backslash meanwhile.
create macro plain_json(value) as
  replace(replace(replace(value, '\\', chr(1)), '\u0000', ''), chr(1), '\\');

create macro known_language(value) as case when value not in ('und', 'other') then value end;

create macro hex_to_uuid5(hex) as
  substr(hex, 1, 8) || '-' || substr(hex, 9, 4) || '-5' || substr(hex, 14, 3) || '-'
  || substr('89ab89ab89ab89ab', ('0x' || substr(hex, 17, 1))::integer + 1, 1) || substr(hex, 18, 3)
  || '-' || substr(hex, 21, 12);

create macro uuid5(namespace, name) as hex_to_uuid5(sha1(from_hex(replace(namespace, '-', '')) || encode(name)));
