-- the account in one row.
-- grain: the run; no key
-- inputs: clean_messages, clean_clients, kept_client; variable as_of
select
    count(*) as messages,
    count(*) filter (where direction = 'INCOMING') as incoming,
    count(*) filter (where direction = 'OUTGOING') as outgoing,
    count(*) filter (where sent_at > getvariable('as_of')) as later,
    (select count(*) from clean_clients) as clients,
    (select count(*) from kept_client) as kept_clients,
    (select count(*) from clean_messages semi join kept_client using (phone)) as kept_messages,
    epoch_ms(min(sent_at)) as first_message,
    epoch_ms(max(sent_at)) as last_message
from clean_messages;
