-- How many messages the conversations held before this run wrote any, for gone_meanwhile.sql.
-- grain: one conversation; key: conversation_id; inputs: wa2pg_totals
create temporary table wa2pg_surveyed on commit drop as
select conversation_id, message_count from wa2pg_totals
