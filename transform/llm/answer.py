"""What a model answers about one conversation, and the status that follows from it and from the silence since."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic_core import ErrorDetails

from schemas.words import Status
from transform.llm.conversation import Situation
from transform.status import StatusDecision

SILENCE = timedelta(days=30)
# a sold service without a day in the chat is taken to lie ahead for so long, as by the rules
UNDATED_SERVICE = timedelta(days=180)
_SURE_OF_SILENCE = 0.9
_WORD = re.compile(r"[^\W_]+")
_WORDS_OF_A_QUOTE = 5
_LONGEST_REASON = 300


class Answer(BaseModel):
    """The agreed form. The days are those of the service, as far as the conversation tells them."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    status: Status
    confidence: float = Field(ge=0, le=1, allow_inf_nan=False)
    first_day: date | None
    last_day: date | None
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=_LONGEST_REASON)]


def answer_schema() -> dict[str, Any]:
    """The JSON schema that is sent: every field required and no other allowed, as strict mode wants it."""
    day = {"type": ["string", "null"], "description": "YYYY-MM-DD"}
    return {
        "type": "object",
        "properties": {
            "status": {"type": "string", "enum": [str(status) for status in Status]},
            "confidence": {"type": "number"},
            "first_day": day,
            "last_day": day,
            "reason": {"type": "string"},
        },
        "required": ["status", "confidence", "first_day", "last_day", "reason"],
        "additionalProperties": False,
    }


class NotAnAnswerError(Exception):
    """The text is no answer of the agreed form; `problems` name its fields and never quote it."""

    def __init__(self, problems: str) -> None:
        super().__init__(problems)
        self.problems = problems


def read_answer(text: str) -> Answer:
    """The answer in a model's text, also where it stands in a code fence; raises NotAnAnswerError."""
    begin, end = text.find("{"), text.rfind("}")
    if begin < 0 or end < begin:
        raise NotAnAnswerError("there is no JSON object")
    try:
        return Answer.model_validate_json(text[begin : end + 1])
    except ValidationError as error:
        raise NotAnAnswerError("; ".join(sorted(set(map(_problem, error.errors(include_input=False)))))) from None


def _problem(part: ErrorDetails) -> str:
    field = part["loc"][0] if part["loc"] else "JSON"
    # of a field that was made up only that there was one is told
    return f"{field}: {part['type']}" if field in {*Answer.model_fields, "JSON"} else part["type"]


def quotes(reason: str, conversation: str) -> bool:
    """Whether the reason repeats five words of the conversation in a row, or holds a long number or an address."""
    if re.search(r"\d{5}|\d(?:[\s().-]?\d){6}|@\w|://", reason):
        return True
    said = " ".join(_WORD.findall(conversation.casefold()))
    words = _WORD.findall(reason.casefold())
    runs = (words[place : place + _WORDS_OF_A_QUOTE] for place in range(len(words) - _WORDS_OF_A_QUOTE + 1))
    return any(f" {' '.join(run)} " in f" {said} " for run in runs)


def decide(answer: Answer, situation: Situation, as_of: datetime) -> StatusDecision:
    """The status at `as_of`: the stage that the model read, moved on by the days and the silence since.

    So an answer holds for as long as the conversation stays as it is, whenever it is asked for.
    """
    stage, confidence = answer.status, answer.confidence
    reason = answer.reason
    last_day = answer.last_day or answer.first_day
    if stage is Status.SOLD and answer.first_day and answer.first_day <= as_of.date():
        stage = Status.SERVICE
        reason = f"{reason.rstrip('.')}; the first day named has come"
    silent_since = situation.last_client_at or situation.first_at or as_of
    if stage is Status.SERVICE and last_day:
        silent_since = max(silent_since, datetime.combine(min(last_day, as_of.date()), time(), UTC))
    ahead = stage is Status.SOLD and (answer.first_day is not None or as_of - silent_since <= UNDATED_SERVICE)
    if stage is not Status.CLOSED and situation.last_from_me and not ahead and as_of - silent_since > SILENCE:
        days = (as_of - silent_since).days
        closed = f"{reason.rstrip('.')}; the company wrote last, the client has been silent for {days} days"
        return StatusDecision(Status.CLOSED, max(confidence, _SURE_OF_SILENCE), "llm", closed)
    return StatusDecision(stage, confidence, "llm", reason)
