-- a time for each row whose own cannot be: the phone lists a chat's messages newest first, so the next position
-- in the same payload is the message before it.
-- grain: a message or revoke without a usable time; key: row_id; `guess` 1 (best) to 4 says where the time is from
-- inputs: occurrence, raw_chats, address
create table timeless as
select
    row_id,
    arrival,
    chat,
    position
from occurrence
where sent_at is null and (part = 'message' or (part = 'action' and kind = 'revoke'));

create table clock as
select
    arrival,
    chat,
    position,
    max(sent_at) as sent_at
from occurrence
semi join timeless using (arrival, chat)
where sent_at is not null and not is_action(kind)
group by arrival, chat, position;

create table chat_end as
select
    a.chat,
    arg_max(good_time(c.last_message_at), (c.arrival, c.last_message_at)) as sent_at
from raw_chats as c
inner join address as a on c.chat_jid = a.jid
where good_time(c.last_message_at) is not null
group by a.chat;

create table filled_time as
select
    t.row_id,
    case
        when earlier.sent_at is not null then 1
        when later.sent_at is not null then 2
        when e.sent_at is not null then 3
        else 4
    end as guess,
    coalesce(earlier.sent_at, later.sent_at, e.sent_at, make_timestamptz(0)) as sent_at
from timeless as t
asof left join clock as earlier
    on t.arrival = earlier.arrival and t.chat = earlier.chat and t.position < earlier.position
asof left join clock as later
    on t.arrival = later.arrival and t.chat = later.chat and t.position > later.position
left join chat_end as e on t.chat = e.chat;
