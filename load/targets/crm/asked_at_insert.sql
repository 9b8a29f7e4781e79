-- Whether a statement that inserts messages has to ask policies of row-level security or rules (`create rule`).
-- grain: one row; inputs: pg_rewrite
select
  row_security_active('public.messages')
  or exists (
    select from pg_catalog.pg_rewrite r
    where r.ev_class = 'public.messages'::regclass and r.ev_type = '3' and r.ev_enabled <> 'D'
  )
