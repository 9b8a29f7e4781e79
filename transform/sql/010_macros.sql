-- expressions that several steps share.
-- inputs: the variables `deliveries` (delivery words, least progress first) and `latest` (no message is later)

-- postgresql cannot hold the character 0 in a text
create macro without_nul(words) as replace(words, chr(0), '');

create macro has_nul(words) as coalesce(contains(words, chr(0)), false);

create macro present(words) as nullif(replace(words, chr(0), ''), '');

-- the order of arrival of payloads over all snapshots; what has no payload was read at the end of its snapshot
create macro arrival_of(snapshot, payload) as (snapshot::bigint << 32) | coalesce(payload, 2147483647)::bigint;

-- null for a time that cannot be: absent, zero, before 1970 or in the future
create macro good_time(moment) as case
    when epoch_ms(moment) > 0 and moment <= getvariable('latest') then moment
end;

create macro is_action(kind) as kind in ('edit', 'revoke', 'reaction', 'poll_vote');

-- without a text these stand for a message that did not reach the phone, or that nobody could read
create macro may_be_stub(kind) as kind in ('unavailable', 'unknown');

create macro delivery_rank(word) as nullif(coalesce(list_position(getvariable('deliveries'), word), 0), 0);

create macro message_type(kind) as case
    when kind in ('text', 'buttons_reply') then 'TEXT'
    when kind in ('audio', 'voice') then 'AUDIO'
    when kind in ('image', 'video', 'document', 'sticker', 'location', 'contact', 'call') then upper(kind)
    else 'OTHER'
end;

-- one field of a content hash: its length in bytes and itself, so that no two lists of fields look alike
create macro hash_field(field) as case when field is null then '-' else strlen(field) || ':' || field end;

create macro hash_time(moment) as hash_field(epoch_ms(moment)::varchar);
