"""How fast the rules read statuses, beside a plain search for the same cue words in the same texts.

    python -m benchmarks.status [FILE.jsonl]

FILE.jsonl is labelled (docs/status.md); without it the conversations of the tests are taken. `fresh` texts were never
read before, `seen` ones were: greetings, price lists and "ok" come again and again. The plain search is one regular
expression of every fourth cue word over each folded text, and decides nothing. Best of seven rounds by
processor time, because the machine may be shared; one core.
"""

import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.measure import ROOT
from transform.status import RuleStatusDetector
from transform.status.acts import fold
from transform.status.cue_files import OURS, read_cues
from transform.status.labelled import LabelledConversation, read_conversations

_ROUNDS = 7
_TARGETS = (5_000, 50_000)  # conversations and messages a second


def best(work: Callable[[], object], before: Callable[[], object] = lambda: None) -> float:
    """Seconds of processor time, at best; `before` each round is not counted."""
    seconds = []
    for _ in range(_ROUNDS):
        before()
        start = time.process_time()
        work()
        seconds.append(time.process_time() - start)
    return min(seconds)


def plain_search(conversations: list[LabelledConversation]) -> Callable[[], object]:
    """A search for the words of the cues, as an importer without rules does it."""
    cues = read_cues(OURS).tables
    words = {cue.words[0].text for table in ("client", "agent") for cue in cues[table] if len(cue.words[0].text) > 3}
    some = sorted(word for word in words if re.fullmatch(r"[a-zа-я]+", word))[::4]
    pattern = re.compile("|".join(map(re.escape, some)))
    texts = [message.text for one in conversations for message in one.messages if message.text]
    return lambda: [pattern.findall(fold(text)) for text in texts]


def main(file: Path) -> None:
    """Print the figures."""
    conversations = read_conversations(file)
    messages = sum(len(one.messages) for one in conversations)
    detector = RuleStatusDetector()

    def decide() -> None:
        for one in conversations:
            detector.decide(one.messages, one.as_of)

    decide()
    fresh, seen = best(decide, detector.forget_texts), best(decide)
    plain = best(plain_search(conversations))
    print(f"{len(conversations):,} conversations of {messages / len(conversations):.1f} messages; one core")
    for name, seconds in (("fresh", fresh), ("seen", seen)):
        speeds = f"{len(conversations) / seconds:9,.0f} conversations a second, {messages / seconds:9,.0f} messages"
        print(f"{name:6} {speeds}; {seconds / plain:.2f} of the time of a plain search for a quarter of the words")
    print(f"wanted {_TARGETS[0]:9,} conversations a second, {_TARGETS[1]:9,} messages")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "tests/status/written.jsonl")
