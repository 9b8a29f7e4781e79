-- Which languages a client writes, beside the one he prefers.

alter table public.clients add column languages jsonb not null default '{}';
comment on column public.clients.languages is 'Share of each language among the client''s own messages: {"ru": 0.8, "ky": 0.2}';
