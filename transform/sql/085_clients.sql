-- facts of the clean table clients that sql can tell; names, language, status and country are added in Python.
-- grain: a client; key: phone
-- inputs: talk, person, raw_messages, address
with advertised as (
    select
        a.person,
        arg_min(
            present(m.ad_title),
            (coalesce(epoch_ms(good_time(m.sent_at)), 9223372036854775807), m.arrival, m.position, m.row_id)
        ) as ad_title
    from raw_messages as m
    inner join address as a on m.chat_jid = a.jid
    where present(m.ad_title) is not null and a.person is not null and m.kind <> 'system'
    group by a.person
)

select
    t.person,
    p.phone,
    t.first_message_at,
    t.last_message_at,
    t.incoming_count,
    t.outgoing_count,
    a.ad_title
from talk as t
inner join person as p on t.person = p.person
left join advertised as a on t.person = a.person
order by p.phone;
