"""Answers that are remembered between runs, and processes that share the work."""

import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from transform.language import clean, open_detector
from transform.language.answers import ANSWER, RememberedAnswers, as_answers, keys_of
from transform.language.contract import CLASSES
from transform.language.detector import Detector
from transform.language.mixture import Mixture
from transform.language.processes import ENOUGH_CORES, Processes
from transform.language.scripts import script_of

ROOT = Path(__file__).parents[2]
TEXTS = [
    f"{word} {other}" for word in ("салам", "hello", "жол", "شكرا", "tour", "да") for other in ("ok", "бар", "дос", "!")
]


class Counting(Mixture):
    """Counts what it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def probabilities(self, texts, scripts):  # type: ignore[no-untyped-def]
        self.asked += texts
        return super().probabilities(texts, scripts)


def test_what_was_told_once_is_not_asked_again(tmp_path: Path) -> None:
    first = Counting()
    detector = Detector(mixture=first, remember=tmp_path / "cache")
    told = detector.detect([*TEXTS, *TEXTS])
    assert sorted(first.asked) == sorted({clean(text) for text in TEXTS})
    # what is cleaned to the same is the same
    assert detector.detect([f"{text} 12 👍" for text in TEXTS]) == told[: len(TEXTS)]
    assert len(first.asked) == len({clean(text) for text in TEXTS})
    detector.close()

    second = Counting()
    again = Detector(mixture=second, remember=tmp_path / "cache")
    assert again.detect(TEXTS) == told[: len(TEXTS)]
    assert second.asked == []


def test_answers_are_of_the_text_alone_so_expectations_may_change(tmp_path: Path) -> None:
    detector = Detector(remember=tmp_path)
    detector.detect(TEXTS)
    detector.close()
    mixture = Counting()
    expected = {"kk": 20.0, "ru": 3.0}
    found = Detector(expected, mixture, remember=tmp_path).detect(TEXTS)
    assert mixture.asked == []
    assert found == Detector(expected).detect(TEXTS)


def test_the_file_is_private_holds_no_text_and_replaces_that_of_another_model(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    (folder).mkdir(mode=0o700)
    (folder / "language-0123456789abcdef.npy").write_bytes(b"of an older model")
    detector = Detector(remember=folder)
    detector.detect(["Секретное слово", "hello there"])
    detector.close()
    (file,) = folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.stat().st_size < 300
    assert "екретное".encode() not in file.read_bytes()


@pytest.mark.parametrize("damage", ["cut", "other", "disorder", "pickle"])
def test_a_damaged_file_is_as_good_as_none(tmp_path: Path, damage: str) -> None:
    detector = Detector(remember=tmp_path)
    told = detector.detect(TEXTS)
    detector.close()
    (file,) = tmp_path.glob("language-*.npy")
    if damage == "cut":
        file.write_bytes(file.read_bytes()[:-7])
    elif damage == "other":
        np.save(file, np.zeros(3))
    elif damage == "disorder":
        np.save(file, np.load(file)[::-1])
    else:
        np.save(file, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    mixture = Counting()
    again = Detector(mixture=mixture, remember=tmp_path)
    assert again.detect(TEXTS) == told
    assert mixture.asked
    again.close()
    assert len(RememberedAnswers(tmp_path, again.name.rpartition(", languages")[0])) == len(set(mixture.asked))


def test_what_is_put_in_is_found_in_any_order() -> None:
    keys = keys_of([f"text {n}" for n in range(100_000)])
    probabilities = np.zeros((len(keys), len(CLASSES)))
    probabilities[np.arange(len(keys)), np.arange(len(keys)) % len(CLASSES)] = 1
    answers = as_answers(keys, probabilities)
    remembered = RememberedAnswers()
    for start in range(0, len(keys), 9_000):
        remembered.add(answers[start : start + 9_000])
        assert not remembered.find(keys_of([f"new {start}"]))[1].any()
    found, known = remembered.find(keys[::-1])
    assert known.all()
    assert (found == answers[::-1]).all()
    assert ANSWER.itemsize == 23


def test_processes_answer_as_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transform.language.processes.usable_cores", lambda: ENOUGH_CORES)
    monkeypatch.setattr("transform.language.detector.usable_cores", lambda: ENOUGH_CORES)
    monkeypatch.setattr("transform.language.processes._MOST", 2)
    texts = [f"{text} {n:b}".replace("0", "о").replace("1", "а") for n in range(220) for text in TEXTS]
    shared = Detector(many=0)
    alone = Detector().detect(texts)
    assert shared.detect(texts) == alone
    shared.close()
    shared.close()
    cleaned = [clean(text) for text in TEXTS]
    processes = Processes(2)
    scripts = [script_of(text) or "" for text in cleaned]
    (found,) = processes.probabilities([(cleaned, scripts)])
    processes.close()
    assert np.allclose(found, Mixture().probabilities(cleaned, scripts))


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="reads /proc")
def test_processes_end_with_the_one_that_was_killed() -> None:
    code = (
        "import sys, time\n"
        "from transform.language.processes import Processes\n"
        "if __name__ == '__main__':\n"
        "    processes = Processes(2)\n"
        "    list(processes.probabilities([(['салам'], ['cyrillic'])] * 4))\n"
        "    print(*processes._pool._processes, flush=True)\n"
        "    time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        children = [int(pid) for pid in process.stdout.readline().split()]
        assert children
        process.kill()
        deadline = time.monotonic() + 10
        while any(_runs(child) for child in children) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not [child for child in children if _runs(child)]


def _runs(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def test_the_detector_that_is_opened_remembers_in_the_folder(tmp_path: Path) -> None:
    detector = open_detector({"ru": 2}, tmp_path)
    detector.detect(TEXTS)
    detector.close()
    assert list(tmp_path.glob("language-*.npy"))
