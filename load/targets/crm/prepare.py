"""Batches of clean messages, compared and formatted in a thread of their own while another batch is sent."""

import sys
from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq

from load.clean_tables import groups_of_rows
from load.copying_in import Rows, read_rows
from load.copying_out import copied_out, no_rows
from load.statements import statement
from load.targets.crm.archive import Archive
from load.targets.crm.work import Import
from schemas.tables import CLEAN_MESSAGES

THERE = pa.schema(
    [
        ("number", pa.int32()),
        ("direction", pa.string()),
        ("whatsapp_message_id", pa.string()),
        ("content_hash", pa.string()),
        ("ours", pa.bool_()),
        ("conversation_id", pa.string()),
    ]
)


@dataclass(frozen=True)
class BatchSizes:
    """`batch`: clean messages compared at once. `direct`: so many new rows go straight into the table.

    Where many are known to be new a batch is prepared and sent in pieces of `piece` messages, of which two are held at
    a time; the very first one is of `first` messages, so that the server begins while the others are prepared.
    """

    batch: int = 65_536
    direct: int = 50_000
    piece: int = 32_768
    first: int = 8_192


@dataclass(frozen=True)
class Prepared:
    """A batch ready to be sent: `counts` by verdict (and `nul`), its rows, the chats they belong to."""

    counts: Counter[str]
    new: Rows
    changed: Rows
    touched: list[int]


class Preparer:
    """Compares batches and formats their rows; DuckDB is used by one thread at a time."""

    def __init__(self, work: Import, archive: Archive, file: pq.ParquetFile, placed: bool) -> None:
        self._work = work
        self._thread = archive.thread
        self._duck = duck = archive.duck
        self._file = file
        self._placed = placed
        self._read: tuple[list[int], pa.Table] = ([], no_rows(CLEAN_MESSAGES))
        duck.register("clean_messages", no_rows(CLEAN_MESSAGES))
        duck.register("there", no_rows(THERE))
        duck.execute(_sql("compare_messages"))

    def batches(
        self, sizes: BatchSizes, fetch: Callable[[list[int]], pa.Table], *, many_new: bool
    ) -> Iterator[Prepared]:
        """The file's messages in order, cut as `sizes` say, each piece prepared while the one before is sent.

        `fetch` gets the messages that some chats have in the database; it is called by the caller's thread.
        """
        ahead: deque[Future[Prepared]] = deque()
        try:
            for groups in groups_of_rows(self._file, sizes.batch):
                numbers = self._thread.submit(self._numbers, groups).result() if self._placed else []
                there = fetch(numbers) if numbers else no_rows(THERE)
                for part in self._parts(groups, sizes) if many_new else (slice(0, sys.maxsize),):
                    ahead.append(self._thread.submit(self._prepare, groups, there, part))
                    if len(ahead) > 1:
                        yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()
        finally:
            # the file is closed after this
            self._thread.shutdown(cancel_futures=True)

    def _parts(self, groups: list[int], sizes: BatchSizes) -> Iterator[slice]:
        rows = sum(self._file.metadata.row_group(group).num_rows for group in groups)
        begin = 0
        while begin < rows:
            end = begin + (sizes.first if begin == 0 and groups[0] == 0 else sizes.piece)
            yield slice(begin, end)
            begin = end

    def _numbers(self, groups: list[int]) -> list[int]:
        self._duck.register("clean_messages", self._file.read_row_groups(groups, columns=["phone"]))
        return [number for (number,) in self._duck.execute(_sql("chats_in_batch")).fetchall()]

    def _prepare(self, groups: list[int], there: pa.Table, part: slice) -> Prepared:
        if self._read[0] != groups:
            self._read = groups, self._file.read_row_groups(groups)
        messages = self._read[1][part]
        if part.stop >= self._read[1].num_rows:
            self._read = [], no_rows(CLEAN_MESSAGES)
        self._duck.register("clean_messages", messages)
        self._duck.register("there", there)
        counts: Counter[str] = Counter()
        touched = []
        for verdict, number, found, with_nul in self._duck.execute(_sql("judge_batch")).fetchall():
            counts[verdict] += found
            counts["nul"] += with_nul
            if verdict in {"new", "changed"}:
                touched.append(number)
        prepared = Prepared(counts, self._rows("new", counts), self._rows("changed", counts), touched)
        # the rows are all that is needed while the batch waits to be sent
        self._duck.register("clean_messages", no_rows(CLEAN_MESSAGES))
        self._duck.register("there", no_rows(THERE))
        return prepared

    def _rows(self, verdict: str, counts: Counter[str]) -> Rows:
        if not counts[verdict]:
            return Rows(())
        names = {"organization": str(self._work.organization), "verdict": verdict}
        return read_rows(
            self._duck.sql(_sql("message_rows"), params=names),
            jsonb={"reactions"},
            constants=[self._work.organization.bytes, self._work.run.bytes],
        )


def messages_there(work: Import, numbers: list[int]) -> pa.Table:
    """The messages that these chats have in the database, as `there` of compare_messages.sql."""
    names = {"account": work.account, "numbers": numbers}
    return copied_out(work.connection, statement("crm", "export_message_keys"), names, THERE)


def _sql(name: str) -> str:
    return statement("crm", name).decode()
