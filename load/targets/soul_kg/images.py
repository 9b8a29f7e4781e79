"""What a load left in clients and conversations, set against what is there now.

A column that holds a JSON object counts key by key, since the CRM and its AI write there too.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Columns = Mapping[str, Any]
# the way to a value: a column, a key of its object, a key of the object under metadata's `wa2pg`
Path = tuple[str, ...]
_OBJECTS = ("metadata", "culturalContext")
_NOTED = ("metadata", "wa2pg")
# they follow the messages, and are nobody's work
FIGURES = ("messageCount", "firstContactDate", "lastContactDate")
FOLLOWING: frozenset[Path] = frozenset(
    {
        ("lastMessageAt",),
        *(("metadata", name) for name in FIGURES),
        *((*_NOTED, name) for name in ("run", "account", "lastMessageAt")),
    }
)
_NOT_KEPT = ("id", "organizationId", "createdAt", "updatedAt")
_ABSENT = object()


@dataclass
class Image:
    """One row of a run's ledger: `before` are the changed columns as they were, `after` all as the run left them."""

    inserted: bool = False
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] | None = None

    def add_before(self, columns: Columns) -> None:
        """Take in what the ledger says was before; the first word about a column counts."""
        known = {name: value for name, value in columns.items() if name not in _NOT_KEPT}
        self.before = known | self.before

    def wrote(self) -> set[Path]:
        """Every value that the run gave the row."""
        after = flat(self.after or {})
        if self.inserted:
            return set(after)
        before = self._flat_before()
        return {path for path in after | before if after.get(path, _ABSENT) != before.get(path, _ABSENT)}

    def reason(self, now: Columns, later: Mapping[Path, str]) -> tuple[str, str | None] | None:
        """Why the row cannot be taken back: (reason, cause), or None; `later` are the values that later runs gave."""
        if self.after is None:
            return "unknown", None
        here, left = flat(now), flat(self.after)
        wrote = self.wrote() - FOLLOWING
        for path in sorted(wrote):
            if path in later:
                return "later_import", later[path]
        if self.inserted:
            # the CRM's own keys in our objects
            added = {path for path, value in here.items() if len(path) > 1 and path not in left and value is not None}
            wrote |= added - set(later) - FOLLOWING
        changed = any(here.get(path, _ABSENT) != left.get(path, _ABSENT) for path in wrote)
        return ("changed", None) if changed else None

    def restored(self, now: Columns) -> dict[str, Any]:
        """The columns that get other values when the row gets back what the run took; figures that moved on stay."""
        here, left, before = flat(now), flat(self.after or {}), self._flat_before()
        for path in self.wrote():
            if path in FOLLOWING and here.get(path, _ABSENT) != left.get(path, _ABSENT):
                continue
            here.pop(path, None)
            if path in before:
                here[path] = before[path]
        columns = deep(here)
        return {name: value for name, value in columns.items() if value != now.get(name, _ABSENT)}

    def _flat_before(self) -> dict[Path, Any]:
        return flat((self.after or {}) | self.before)


def flat(columns: Columns) -> dict[Path, Any]:
    """The columns by the ways to their values; objects are opened."""
    found: dict[Path, Any] = {}
    for name, value in columns.items():
        if name not in _OBJECTS or not isinstance(value, dict):
            found[name,] = value
            continue
        for key, part in value.items():
            if (name, key) == _NOTED and isinstance(part, dict):
                found.update({(*_NOTED, inner): words for inner, words in part.items()})
            else:
                found[name, key] = part
    return found


def deep(values: Mapping[Path, Any]) -> dict[str, Any]:
    """The columns again; the reverse of `flat`."""
    columns: dict[str, Any] = {}
    for path, value in sorted(values.items(), key=lambda item: len(item[0])):
        if len(path) == 1:
            columns[path[0]] = value
            continue
        place = columns
        for step in path[:-1]:
            inner = place.get(step)
            if not isinstance(inner, dict):
                inner = place[step] = {}
            place = inner
        place[path[-1]] = value
    return columns


def values_given(images: Iterable[tuple[str, Image]]) -> dict[Path, str]:
    """The values that some runs changed in one row, and which run did; `images` are (run, image)."""
    given: dict[Path, str] = {}
    for run, image in images:
        if image.after is not None and not image.inserted:
            given |= dict.fromkeys(image.wrote() - FOLLOWING, run)
    return given
