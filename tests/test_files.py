"""`replace_file`: whole, private, and past whatever lies beside it; `locked`: one at a time, over processes."""

import subprocess
import sys
from pathlib import Path

import pytest

from schemas.files import replace_file


def test_nothing_that_lies_beside_it_is_written_to_or_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(b"untouched")
    (tmp_path / "settings.json.tmp").symlink_to(tmp_path / "elsewhere")
    replace_file(tmp_path / "settings.json", b"{}")
    assert (tmp_path / "elsewhere").read_bytes() == b"untouched"
    assert not (tmp_path / "settings.json").is_symlink()
    assert (tmp_path / "settings.json").read_bytes() == b"{}"


def test_a_left_over_file_that_others_may_read_lends_it_no_modes(tmp_path: Path) -> None:
    (tmp_path / "settings.json.tmp").write_bytes(b"")
    (tmp_path / "settings.json.tmp").chmod(0o666)
    replace_file(tmp_path / "settings.json", b"{}")
    assert (tmp_path / "settings.json").stat().st_mode & 0o777 == 0o600


def test_what_fails_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.mkdir()
    (path / "kept").touch()
    with pytest.raises(OSError, match="directory"):
        replace_file(path, b"{}")
    assert [p.name for p in tmp_path.iterdir()] == ["settings.json"]
    assert (path / "kept").exists()


_WRITER = """
import sys
from pathlib import Path
from schemas.files import replace_file
for turn in range(100):
    replace_file(Path(sys.argv[1]), sys.argv[2].encode() * 50_000)
"""


def test_several_writers_of_one_file_do_not_take_each_others(tmp_path: Path) -> None:
    path = tmp_path / "shared"
    writers = [subprocess.Popen([sys.executable, "-c", _WRITER, str(path), letter]) for letter in "abc"]
    assert [writer.wait(120) for writer in writers] == [0, 0, 0]
    content = path.read_bytes()
    assert len(content) == 50_000
    assert len(set(content)) == 1
    assert [p.name for p in tmp_path.iterdir()] == ["shared"]
