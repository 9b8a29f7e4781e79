"""Asking a model about an account's conversations: each once, within the budget, with the rules to fall back to."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from itertools import islice

from schemas.clean_run import LanguageModelRecord
from schemas.errors import ExitCode, UserError
from schemas.progress import Progress, Step
from schemas.translation import N_, _, ngettext
from transform.llm.agreement import Agree, Agreements, Estimate
from transform.llm.answer import Answer, decide, quotes
from transform.llm.answers import RememberedAnswers
from transform.llm.conversation import Situation, situation_of, written_down
from transform.llm.faults import Fault, NoAnswerError, ServiceStoppedError
from transform.llm.names import NameMask
from transform.llm.options import ModelOptions, prompt_sha256
from transform.llm.request import answer_key, estimated_tokens, request_body
from transform.llm.service import Price, Service, Told
from transform.llm.unanswered import BUDGET, unanswered
from transform.llm.workers import Workers
from transform.names import introduced_name
from transform.status import ChatMessage, StatusDecision

# after so many conversations in a row without an answer, the others are not kept waiting for theirs
_FAULTS_IN_A_ROW = 5
# people say who they are in their first messages
_INTRODUCTIONS = 10


@dataclass(frozen=True)
class _Conversation:
    phone: str
    key: str
    text: str
    situation: Situation
    as_of: datetime


@dataclass(frozen=True)
class Terms:
    """Under which account answers are asked for, what a person agreed to, and how he is asked."""

    account: str
    agreements: Agreements
    agree: Agree
    progress: Progress


class Unsent(Enum):
    """Why nothing would be sent about a client."""

    NOBODY = auto()  # there is no such client, or he had not written by then
    SETTLED = auto()  # a person told his status, or keeps him out of the load
    ANSWERED = auto()  # the answer to this conversation is remembered


class Asker:
    """Collects conversations while they are read, asks about those that are new, and tells each client's status.

    Without `terms` it asks nobody, and only what would be sent can be looked at.
    """

    def __init__(self, options: ModelOptions, answers: RememberedAnswers, terms: Terms | None) -> None:
        self.name = options.name
        self._options = options
        self._answers = answers
        self._terms = terms
        self._conversations: list[_Conversation] = []
        self._settled: set[str] = set()
        self._asked: set[str] = set()
        self._missing: dict[str, str] = {}
        self._usd: float | None = None
        self._agreed_at: datetime | None = None
        self.warnings: list[str] = []

    def consider(self, phone: str, messages: Sequence[ChatMessage], as_of: datetime, names: Iterable[str]) -> None:
        """Take in a client's conversation up to `as_of`, which may hold his `names`."""
        if not messages:
            return
        theirs = (message.text for message in messages if message.text and not message.from_me)
        own = introduced_name(islice(theirs, _INTRODUCTIONS))
        text = written_down(messages, NameMask([*names, own or ""]))
        key = answer_key(self._options, text)
        # the text of what is known already is not needed again, but for telling whether the reason quotes it
        self._conversations.append(_Conversation(phone, key, text, situation_of(messages), as_of))

    def pass_over(self, phone: str) -> None:
        """Take note of a client who is not asked about, because a person has said enough."""
        self._settled.add(phone)

    def request_for(self, phone: str) -> bytes | Unsent:
        """The body that would be sent for a client's conversation, or why none would be."""
        if phone in self._settled:
            return Unsent.SETTLED
        one = next((one for one in self._conversations if one.phone == phone), None)
        if one is None:
            return Unsent.NOBODY
        return request_body(self._options, one.text) if self._answers.find(one.key) is None else Unsent.ANSWERED

    def decisions(self) -> Mapping[str, StatusDecision]:
        """Ask about what is new, and tell the status of each client that there is an answer for.

        Raises UserError (2) when nobody agrees, (3) when there is no key or no price for the budget to be kept.
        """
        if self._terms is None:
            return {}
        new = {one.key: one for one in self._conversations if self._answers.find(one.key) is None}
        if new:
            self._ask(list(new.values()), self._terms)
        found = {one: self._answers.find(one.key) for one in self._conversations}
        return {one.phone: self._decision(one, answer) for one, answer in found.items() if answer is not None}

    def record(self) -> LanguageModelRecord:
        """What was asked and what came of it, for run.json."""
        terms = self._terms
        keys = [one.key for one in self._conversations]
        unasked = sum(key in self._missing and key not in self._asked for key in keys)
        asked = len(self._asked)
        return LanguageModelRecord(
            server=self._options.server,
            model=self._options.model,
            prompt_sha256=prompt_sha256(),
            agreed_at=self._agreed_at or (terms.agreements.find(terms.account, self._options) if terms else None),
            conversations=len(keys),
            cached=len(keys) - asked - unasked,
            asked=asked,
            unasked=unasked,
            fallback=dict(sorted(Counter(self._missing[key] for key in keys if key in self._missing).items())),
            usd=self._usd,
        )

    def answers_sha256(self) -> str:
        """Hex sha256 of the answers that the statuses were read from: with it the run's inputs are complete."""
        digest = hashlib.sha256()
        for one in sorted(self._conversations, key=lambda one: one.phone):
            answer = self._answers.find(one.key)
            digest.update(f"{one.key} {answer.model_dump_json() if answer else ''}\n".encode("utf-8", "replace"))
        return digest.hexdigest()

    def _decision(self, one: _Conversation, answer: Answer) -> StatusDecision:
        if quotes(answer.reason, one.text):
            answer = answer.model_copy(update={"reason": f"read from the conversation by {self._options.model}"})
        return decide(answer, one.situation, one.as_of)

    def _ask(self, new: list[_Conversation], terms: Terms) -> None:
        if self._options.is_openrouter and not self._options.key:
            raise UserError(
                ngettext(
                    "{count} conversation would be sent, and there is no key for {server}.",
                    "{count} conversations would be sent, and there is no key for {server}.",
                    len(new),
                    server=self._options.server,
                ),
                hint=_("set OPENROUTER_API_KEY in .env, or give the key on standard input: --openrouter-key -"),
                exit_code=ExitCode.CONFIGURATION,
            )
        with Service(self._options) as service:
            terms.progress(Step(N_("asking the model: what it costs")))
            price = service.price()
            self._check_terms(new, terms, price)
            self._ask_each(service, new, terms.progress, price)

    def _check_terms(self, new: list[_Conversation], terms: Terms, price: Price | None) -> None:
        options = self._options
        if options.budget is not None and price is None:
            raise UserError(
                _(
                    "{server} names no price for {model}, so no budget can be kept.",
                    server=options.server,
                    model=options.model,
                ),
                hint=_("leave --llm-budget out, or choose a model with a price (OPENROUTER_MODEL)"),
                exit_code=ExitCode.CONFIGURATION,
            )
        tokens = [estimated_tokens(one.text) for one in new]
        usd = (
            price.of(sum(given for given, _taken in tokens), sum(taken for _given, taken in tokens)) if price else None
        )
        total = sum(map(sum, tokens))
        estimate = Estimate(options.server, options.model, len(new), total, usd, options.unencrypted)
        self._agreed_at = terms.agreements.find(terms.account, options)
        if not terms.agree(estimate, self._agreed_at):
            raise UserError(
                _("Nobody agreed to send conversations to a language model, so nothing was sent."),
                hint=_("leave --use-llm out to have statuses from the rules alone"),
                exit_code=ExitCode.USAGE,
            )
        self._agreed_at = self._agreed_at or terms.agreements.add(terms.account, options)

    def _ask_each(self, service: Service, new: list[_Conversation], progress: Progress, price: Price | None) -> None:
        workers: Workers[_Conversation, Told] = Workers(self._options.at_once, lambda one: service.ask(one.text, price))
        waiting = list(reversed(new))
        faults_in_a_row = done = 0
        reserved: dict[str, float] = {}
        stopped: str | None = None
        while waiting or workers.busy:
            while waiting and workers.free and stopped is None:
                expected = price.of(*estimated_tokens(waiting[-1].text)) if price else 0.0
                if self._over_budget(sum(reserved.values()) + expected):
                    break
                one = waiting.pop()
                reserved[one.key] = expected
                self._asked.add(one.key)
                workers.give(one)
            if not workers.busy:
                break
            one, result = workers.take()
            expected = reserved.pop(one.key)
            done += 1
            progress(Step(N_("asking the model"), done, len(new)))
            fault = self._settle(one, result, expected)
            faults_in_a_row = faults_in_a_row + 1 if fault in {Fault.UNAVAILABLE, Fault.TIMEOUT} else 0
            if isinstance(result, ServiceStoppedError):
                stopped = result.sentence
            elif faults_in_a_row >= _FAULTS_IN_A_ROW:
                stopped = N_("{server} does not answer").format(server=self._options.server)
            if stopped is not None:
                # what is under way would meet the same; nobody waits for it
                break
        self._name_the_rest(waiting, reserved, stopped)

    def _settle(self, one: _Conversation, result: Told | Exception, expected: float) -> Fault | None:
        if isinstance(result, Told):
            self._answers.add(one.key, result.answer)
            # a server that does not say what an answer cost is taken to have cost what was expected
            self._spend(expected if result.usd is None and expected else result.usd)
            return None
        if isinstance(result, NoAnswerError):
            self._spend(result.usd)
            self._missing[one.key] = result.fault
            return result.fault
        if isinstance(result, ServiceStoppedError):
            self._missing[one.key] = Fault.STOPPED
            return Fault.STOPPED
        raise result

    def _spend(self, usd: float | None) -> None:
        if usd is not None:
            self._usd = (self._usd or 0.0) + usd

    def _over_budget(self, about_to_spend: float) -> bool:
        budget = self._options.budget
        return budget is not None and (self._usd or 0.0) + about_to_spend > budget

    def _name_the_rest(self, waiting: list[_Conversation], under_way: Iterable[str], stopped: str | None) -> None:
        for key in under_way:
            self._missing[key] = Fault.STOPPED
        for one in waiting:
            self._missing[one.key] = Fault.STOPPED if stopped else BUDGET
        self.warnings += unanswered(self._missing.values(), stopped, self._options.budget)
