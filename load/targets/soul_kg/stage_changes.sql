-- What the archive knows now about messages that loads inserted.
-- grain: one message; key: id; inputs: clean messages
create temporary table wa2pg_changes (
  id text,
  number integer,
  content text,
  language text,
  status text,
  follows_text boolean
) on commit drop
