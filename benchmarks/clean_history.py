"""A clean run as transform leaves it, of any size: clients, conversations and messages of an invented company.

The same numbers give the same files. Texts have the signs that COPY must escape: a tenth of them new lines, and one in
a hundred each tabs, backslashes, quotes, nothing, a literal \\N and \\. alone on a line.
"""

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from schemas.clean_run import FORMAT, RUN_JSON, Accounting, CleanRun, CleanRunFolder
from schemas.manifest import Tool
from schemas.tables import CLEAN_TABLES
from transform.clean_files import write_table

_TIME = datetime(2026, 11, 1, tzinfo=UTC)
_MESSAGES = """
    select
        '+9967' || lpad((n // $each)::varchar, 8, '0') as phone,
        if(n % 2 = 0, 'INCOMING', 'OUTGOING') as direction,
        '3EB0' || upper(substr(md5(n::varchar), 1, 16)) as whatsapp_message_id,
        if(n % 10 = 9, 'IMAGE', 'TEXT') as type,
        case
            when n % 100 = 7 then null
            when n % 100 = 17 then ''
            when n % 100 = 27 then '\\N'
            when n % 100 = 37 then chr(10) || '\\.' || chr(10)
            when n % 100 = 47 then 'a' || chr(9) || 'b \\ "c"'
            else words[1 + (hash(n) % 8)::integer] || ' ' || words[1 + (hash(n + 1) % 8)::integer]
                || if(n % 10 = 3, chr(10), ' ')
                || repeat(words[1 + (hash(n + 2) % 8)::integer] || ' ', (hash(n) % 6)::integer)
        end as body,
        timestamp '2025-11-01' + to_seconds(n % $each * 86400 + (hash(n) % 86400)::bigint) as sent_at,
        'ru' as language,
        'read' as delivery,
        if(n % 20 = 5, '3EB0' || upper(substr(md5((n - 1)::varchar), 1, 16)), null) as reply_to,
        n % 50 = 1 as forwarded,
        null::timestamp as edited_at,
        null::timestamp as deleted_at,
        if(n % 40 = 2, '[{"emoji":"👍","from_me":true,"sent_at":"2026-03-01T09:00:00Z"}]', '[]') as reactions,
        if(n % 10 = 9, 'image/jpeg', null) as media_mime,
        null::varchar as media_name,
        if(n % 10 = 9, 100000 + n % 1000, null)::bigint as media_bytes,
        sha256('content ' || $version || n) as content_hash
    from (
        select
            range as n,
            [
                'Здравствуйте', 'тур на Иссык-Куль', 'how much is it', 'рахмат', 'оплатили', '👍',
                'завтра в десять', 'ok'
            ] as words
        from range($messages)
    )
    order by phone, sent_at, direction, whatsapp_message_id
"""
_CLIENTS = """
    select
        phone, 'Client ' || phone[6:] as name, 'Client' as first_name, phone[6:] as last_name,
        'push_name' as name_source, 'ru' as preferred_language, 0.9 as language_confidence,
        '{"ru": 0.8, "ky": 0.2}' as languages, 'NEW_LEAD' as status, 0.8 as status_confidence,
        'rules' as status_source, 'asked for a price' as status_reason, 'KG' as country,
        'Asia/Bishkek' as time_zone, min(sent_at) as first_message_at, max(sent_at) as last_message_at,
        count(*) filter (direction = 'INCOMING') as incoming_count,
        count(*) filter (direction = 'OUTGOING') as outgoing_count,
        null::varchar as ad_title,
        [phone[2:] || '@s.whatsapp.net', (hash(phone) % 1000000000000) || '@lid'] as addresses,
        false as skip
    from messages
    group by phone
    order by phone
"""
_CONVERSATIONS = """
    select
        phone, 'WHATSAPP' as channel, min(sent_at) as first_message_at, max(sent_at) as last_message_at,
        count(*) as message_count, false as archived
    from messages
    group by phone
    order by phone
"""


def write_clean_history(folder: Path, *, messages: int, chats: int, version: str = "1") -> CleanRunFolder:
    """Write the run to `folder`; another `version` has the same messages, each with another content hash."""
    folder.mkdir(parents=True)
    duck = duckdb.connect()
    duck.execute("set TimeZone = 'UTC'")
    each = max(1, messages // chats)
    tables = {}
    names = {"messages": messages, "each": each, "version": version}
    for name, query in (("messages", _MESSAGES), ("clients", _CLIENTS), ("conversations", _CONVERSATIONS)):
        reader = duck.sql(query, params=names if name == "messages" else {}).to_arrow_reader(65_536)
        tables[name] = write_table(folder / f"{name}.parquet", CLEAN_TABLES[name], reader)
        if name == "messages":
            duck.from_parquet(str(folder / "messages.parquet")).create_view("messages")
    nothing: list[pa.RecordBatch] = []
    tables["rejects"] = write_table(folder / "rejects.parquet", CLEAN_TABLES["rejects"], nothing)
    run = CleanRun(
        format=FORMAT,
        tool=Tool(name="wa2pg", version="0.1.0"),
        run=folder.name,
        account="bench",
        started_at=_TIME,
        finished_at=_TIME,
        as_of=_TIME,
        snapshots=[],
        settings={},
        inputs_sha256=(version * 64)[:64],
        tables=tables,
        accounting=Accounting(
            rows_in=messages, rows_out=messages, duplicates=0, applied={}, not_for_crm={}, rejected={}, undecoded={}
        ),
        people_without_number=0,
        messages_without_number=0,
        contacts_without_messages=0,
        own_known=True,
        history_complete=True,
        warnings=[],
    )
    (folder / RUN_JSON).write_bytes(run.to_json())
    (folder.parent / "current").unlink(missing_ok=True)
    (folder.parent / "current").symlink_to(folder.name)
    return CleanRunFolder(folder, run)
