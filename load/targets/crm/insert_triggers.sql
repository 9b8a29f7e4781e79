-- What the database does of its own when a message is inserted: triggers, and constraints that are triggers inside.
-- `reference`: the one from messages to their conversations that the layout has.
-- grain: one trigger or constraint; key: name; inputs: pg_trigger, pg_constraint
select distinct
  coalesce(c.conname, t.tgname)::text as name,
  coalesce(t.tgisinternal and c.contype = 'f' and c.conname = 'messages_conversation', false) as reference
from pg_catalog.pg_trigger t
left join pg_catalog.pg_constraint c on c.oid = t.tgconstraint
where t.tgrelid = 'public.messages'::regclass
  and t.tgtype & 4 <> 0
  and t.tgenabled <> 'D'
order by name
