"""An office with two clients, whose review file is written."""

from pathlib import Path

import pytest

from schemas.datadir import DataDir
from tests.review.office import Office
from tests.transform.archives import ANNA, BAKYT, Archive, contact, message, payload


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(DataDir(tmp_path / "data"))


@pytest.fixture
def office(archive: Archive) -> Office:
    archive.add(
        payload(
            message(ANNA, "A1", "hello"),
            message(BAKYT, "B1", "привет"),
            contacts=[contact(ANNA, full_name="Anna Weber"), contact(BAKYT, full_name="Бакыт Үсөнов 🏔")],
        )
    )
    office = Office(archive)
    office.transform()
    office.review()
    return office
