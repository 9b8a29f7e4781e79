-- Takes away the figures that are about to be counted once more.
-- grain: one conversation; key: conversation_id; inputs: wa2pg_totals, wa2pg_to_count
delete from wa2pg_totals t
using wa2pg_to_count c
where c.conversation_id = t.conversation_id
