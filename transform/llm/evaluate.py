"""How well a language model tells statuses, on the same labelled conversations as the rules."""

import time
from collections.abc import Sequence

from schemas.clean_run import LanguageModelRecord
from schemas.datadir import DataDir
from schemas.progress import Progress
from transform.llm.agreement import Agreements
from transform.llm.answers import RememberedAnswers
from transform.llm.asking import Asker, Terms
from transform.run import LanguageModel
from transform.status import StatusDetector
from transform.status.evaluate import Evaluation, score
from transform.status.labelled import LabelledConversation


def evaluate_model(
    labelled: Sequence[LabelledConversation],
    rules: StatusDetector,
    model: LanguageModel,
    data: DataDir,
    account: str,
    progress: Progress,
) -> tuple[Evaluation, LanguageModelRecord, list[str]]:
    """Let the model tell every status, `rules` those that it does not; returns what was asked and the warnings too.

    Names cannot be known here but for those by which clients introduce themselves. Raises UserError as transform does.
    """
    start = time.perf_counter()
    terms = Terms(account, Agreements(data.root), model.agree, progress)
    asker = Asker(model.options, RememberedAnswers(data.cache), terms)
    for one in labelled:
        asker.consider(one.id, one.messages, one.as_of, [])
    told = asker.decisions()
    decisions = [told.get(one.id) or rules.decide(one.messages, one.as_of) for one in labelled]
    found = score(labelled, decisions, name=asker.name, seconds=time.perf_counter() - start)
    return found, asker.record(), asker.warnings
