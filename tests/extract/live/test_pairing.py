"""What a session remembers of its pairing."""

from pathlib import Path

import pytest

from extract.whatsapp.live.pairing import NAME, History, Pairing, read_pairing, write_pairing


def test_what_is_remembered_is_read_again(tmp_path: Path) -> None:
    for history in History:
        write_pairing(tmp_path, Pairing("20261123T031500Z-k3f9", history))
        assert read_pairing(tmp_path) == Pairing("20261123T031500Z-k3f9", history)


@pytest.mark.parametrize("content", [None, "", "[]", '{"name": "x"}', '{"name": "x", "history": "later"}'])
def test_a_lost_word_is_neither_a_silent_phone_nor_a_whole_history(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / NAME).write_text(content)
    assert read_pairing(tmp_path).history is History.BEGUN
