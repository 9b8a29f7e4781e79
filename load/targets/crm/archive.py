"""The clean run's side of the comparison: what it holds of each chat, found out while the server does other things."""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import duckdb

from load.statements import statement
from schemas.clean_run import CleanRunFolder


@dataclass
class Archive:
    """A clean run in DuckDB, which one thread at a time uses: not the caller between `survey` and `surveyed`."""

    duck: duckdb.DuckDBPyConnection
    clean: CleanRunFolder
    thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))
    _marked: Future[bool] | None = None

    def __post_init__(self) -> None:
        for name in ("clients", "conversations", "messages"):
            self.duck.from_parquet(str(self.clean.table(name))).create_view(f"all_clean_{name}")

    def survey(self, *, marked: bool) -> None:
        """Begin to make the table `surveyed`, see survey_chats.sql; its marks only when asked for."""
        self._marked = self.thread.submit(self._survey, marked)

    def surveyed(self, *, marked: bool) -> None:
        """Wait for `surveyed`, and make it once more where marks are needed after all."""
        if not self._marked or (not self._marked.result() and marked):
            self.survey(marked=marked)
            self.surveyed(marked=marked)

    def stop(self) -> None:
        """End what is being made, for good."""
        if self._marked and not self._marked.done():
            self.duck.interrupt()
        self.thread.shutdown(cancel_futures=True)

    def _survey(self, marked: bool) -> bool:
        self.duck.execute(statement("crm", "survey_chats").decode(), {"marked": marked})
        return marked
