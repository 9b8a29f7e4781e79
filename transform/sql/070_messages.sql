-- clean table messages, without language; sql of the output itself.
-- grain: a message; key: (phone, direction, whatsapp_message_id); had_nul and timed (whether the time is its own) are
-- dropped when it is written
-- inputs: raw_messages, address, person, choice, change, deleted_unseen
with message as (
    select
        a.person,
        m.from_me,
        present(m.message_id) as whatsapp_message_id,
        message_type(m.kind) as type,
        present(coalesce(x.new_body, m.text)) as body,
        coalesce(c.sent_at, m.sent_at) as sent_at,
        getvariable('deliveries')[if(c.row_id is null, delivery_rank(m.delivery), c.delivery)] as delivery,
        present(m.reply_to_id) as reply_to,
        m.forwarded,
        x.edited_at,
        x.deleted_at,
        coalesce(x.reactions, '[]') as reactions,
        present(m.media_mime) as media_mime,
        present(m.media_name) as media_name,
        m.media_bytes,
        coalesce(c.timed, true) as timed,
        has_nul(m.message_id) or has_nul(m.text) or has_nul(x.new_body) or has_nul(m.reply_to_id)
        or has_nul(m.media_mime) or has_nul(m.media_name) as had_nul
    from raw_messages as m
    inner join address as a on m.chat_jid = a.jid
    left join choice as c on m.row_id = c.row_id
    left join change as x on m.row_id = x.row_id
    where
        a.person is not null and a.outside is null
        and m.kind <> 'system' and not is_action(m.kind)
        and present(m.message_id) is not null
        and c.dropped is not true
    union all by name
    select
        person,
        from_me,
        message_id as whatsapp_message_id,
        'OTHER' as type,
        sent_at,
        false as forwarded,
        sent_at as deleted_at,
        '[]' as reactions,
        timed,
        false as had_nul
    from deleted_unseen
)

select
    p.phone,
    if(m.from_me, 'OUTGOING', 'INCOMING') as direction,
    m.whatsapp_message_id,
    m.type,
    m.body,
    m.sent_at,
    m.delivery,
    m.reply_to,
    m.forwarded,
    m.edited_at,
    m.deleted_at,
    m.reactions,
    m.media_mime,
    m.media_name,
    m.media_bytes,
    sha256(
        concat(
            hash_field(m.type), hash_time(m.sent_at), hash_time(m.edited_at), hash_time(m.deleted_at),
            hash_field(m.delivery), hash_field(m.reply_to), hash_field(m.forwarded::varchar),
            hash_field(m.reactions), hash_field(m.media_mime), hash_field(m.media_name),
            hash_field(m.media_bytes::varchar), hash_field(m.body)
        )
    ) as content_hash,
    m.timed,
    m.had_nul
from message as m
inner join person as p on m.person = p.person
order by m.person, m.sent_at, m.from_me, m.whatsapp_message_id;
