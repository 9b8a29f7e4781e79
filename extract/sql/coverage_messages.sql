-- each message once, with the snapshot and origin that brought it first.
-- grain and key: (chat, identity)
-- inputs: occurrence
create table message as
select
    chat,
    identity,
    min(snapshot) as snapshot,
    arg_min(origin, (snapshot, payload, origin)) as origin,
    min(sent_at) as sent_at
from occurrence
group by chat, identity;
