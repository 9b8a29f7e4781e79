-- (DuckDB) Texts of clean tables on their way to COPY, whatever the layout.
-- PostgreSQL cannot hold the character NUL in a text; `plain` takes it away. Looking for it costs less than replacing.
create macro plain(value) as case when contains(value, chr(0)) then replace(value, chr(0), '') else value end;

-- PostgreSQL's text format. Most texts have nothing to escape, and looking is half the work of replacing. concat() joins
-- at once where || would copy the line for every column.
create macro copied(value) as coalesce(
  case
    when contains(value, '\') or contains(value, chr(10)) or contains(value, chr(0)) or contains(value, chr(9))
      or contains(value, chr(13))
      then replace(replace(replace(replace(plain(value), '\', '\\'), chr(9), '\t'), chr(10), '\n'), chr(13), '\r')
    else value
  end, '\N');

create macro known_language(value) as case when value not in ('und', 'other') then value end;
