-- Keeps others from writing and from referring to these rows, not from reading; fails at once when somebody writes.
-- inputs: clients, conversations, messages, client_status_history
lock table public.clients, public.conversations, public.messages, public.client_status_history
in exclusive mode nowait
