-- clients by the language they prefer and messages by the one they are in, the clients' most frequent first.
-- grain: a language, null where there are no letters; key: language
-- inputs: kept_client, clean_messages
with spoken as (
    select
        preferred_language as language,
        count(*) as clients,
        0 as messages
    from kept_client
    group by preferred_language
    union all
    select
        language,
        0,
        count(*)
    from clean_messages
    group by language
)

select
    language,
    sum(clients)::bigint as clients,
    sum(messages)::bigint as messages
from spoken
group by language
order by clients desc, messages desc, language;
