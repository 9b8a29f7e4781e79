-- each message once, with the snapshot and origin that brought it first.
-- grain and key: identity
-- inputs: occurrence
create table message as
select
    identity,
    min(chat_number) as chat_number,
    min(snapshot) as snapshot,
    arg_min(origin, (snapshot, payload, origin)) as origin,
    min(sent_at) as sent_at
from occurrence
group by identity;
