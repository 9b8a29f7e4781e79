"""An archive of one's own, and the quick way from it to clean tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from schemas.clean_run import CleanRun, CleanRunFolder
from schemas.datadir import DataDir
from tests.transform.archives import AS_OF, Archive
from transform.language import Detection
from transform.run import TransformOptions, transform


class FirstLetterDetector:
    """Tells Cyrillic from other letters; quick, and the same for the same text."""

    name = "first letter"

    def detect(self, texts: Sequence[str]) -> list[Detection]:
        return [self._detect(text) for text in texts]

    def close(self) -> None:
        pass

    def _detect(self, text: str) -> Detection:
        letters = [letter for letter in text if letter.isalpha()]
        if not letters:
            return Detection(None, None, ())
        language = "ru" if "а" <= letters[0].lower() <= "я" else "en"
        return Detection(language, 0.9, ((language, 0.9),))


@dataclass
class Tables:
    """A run's tables as rows."""

    folder: CleanRunFolder

    @property
    def run(self) -> CleanRun:
        return self.folder.run

    def rows(self, table: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = pq.read_table(self.folder.table(table)).to_pylist()
        return rows

    @property
    def messages(self) -> list[dict[str, Any]]:
        return self.rows("messages")

    @property
    def clients(self) -> list[dict[str, Any]]:
        return self.rows("clients")

    @property
    def rejects(self) -> list[dict[str, Any]]:
        return self.rows("rejects")

    @property
    def message(self) -> dict[str, Any]:
        """The only message."""
        (row,) = self.messages
        return row

    @property
    def client(self) -> dict[str, Any]:
        """The only client."""
        (row,) = self.clients
        return row

    @property
    def conversation(self) -> dict[str, Any]:
        """The only conversation."""
        (row,) = self.rows("conversations")
        return row


def clean(
    archive: Archive,
    *,
    as_of: datetime | None = AS_OF,
    region: str | None = None,
    enrich: bool = False,
    skip_damaged: bool = False,
) -> Tables:
    """Transform with the quick language detector; without language and status unless `enrich=True`."""
    options = TransformOptions(as_of=as_of, region=region, enrich=enrich, skip_damaged=skip_damaged)
    return Tables(transform(archive.data, archive.account, options, language=FirstLetterDetector()))


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(DataDir(tmp_path / "data"))
