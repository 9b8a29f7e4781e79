"""What is said of conversations that the model told nothing about."""

from collections import Counter
from collections.abc import Iterable

from schemas.translation import in_source, ngettext
from transform.llm.faults import Fault

BUDGET = "budget"


# run.json holds the warnings in English; `schemas.retelling.retold` tells them to people
@in_source()
def unanswered(missing: Iterable[str], stopped: str | None, budget: float | None) -> list[str]:
    """The warnings about conversations without an answer, by why: a Fault or BUDGET. `stopped`: why nobody asks on."""
    counts = Counter(missing)
    if stopped:
        told = ngettext(
            "{reason}: the statuses of {count} conversation are from the rules",
            "{reason}: the statuses of {count} conversations are from the rules",
            counts.total(),
            reason=stopped,
        )
        return [told]
    warnings = []
    if counts[BUDGET]:
        told = ngettext(
            "the budget of {budget} USD is spent: the statuses of {count} conversation are from the rules",
            "the budget of {budget} USD is spent: the statuses of {count} conversations are from the rules",
            counts[BUDGET],
            budget=f"{budget:g}",
        )
        warnings.append(told)
    each = (Fault.UNREADABLE, Fault.REFUSED, Fault.TIMEOUT, Fault.UNAVAILABLE)
    return warnings + [_without_answer(fault, counts[fault]) for fault in each if counts[fault]]


def _without_answer(fault: Fault, count: int) -> str:
    # one sentence for each, since a word within a sentence has a form that depends on the language
    match fault:
        case Fault.UNREADABLE:
            return ngettext(
                "the model's answer to {count} conversation did not come or could not be used (unreadable): "
                "there the rules told the status",
                "the model's answer to {count} conversations did not come or could not be used (unreadable): "
                "there the rules told the status",
                count,
            )
        case Fault.REFUSED:
            return ngettext(
                "the model's answer to {count} conversation did not come or could not be used (refused): "
                "there the rules told the status",
                "the model's answer to {count} conversations did not come or could not be used (refused): "
                "there the rules told the status",
                count,
            )
        case Fault.TIMEOUT:
            return ngettext(
                "the model's answer to {count} conversation did not come or could not be used (timeout): "
                "there the rules told the status",
                "the model's answer to {count} conversations did not come or could not be used (timeout): "
                "there the rules told the status",
                count,
            )
        case _other:
            return ngettext(
                "the model's answer to {count} conversation did not come or could not be used (unavailable): "
                "there the rules told the status",
                "the model's answer to {count} conversations did not come or could not be used (unavailable): "
                "there the rules told the status",
                count,
            )
