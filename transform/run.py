"""The stage transform: every sealed snapshot of an account in, one clean run out."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from schemas.clean_run import FORMAT, RUN_JSON, CleanRun, CleanRunFolder
from schemas.datadir import PARTIAL_SUFFIX, DataDir, exclusive
from schemas.files import private_umask, replace_file
from schemas.manifest import Link, Tool
from schemas.progress import Progress, Step, no_progress
from schemas.sound import LeftOut
from schemas.translation import N_, _, in_source, ngettext
from schemas.version import VERSION
from transform.addressbook import own_region
from transform.archive import OPENING, Archive, inputs_hash, read_archive
from transform.build import Job, Outcome, build_tables
from transform.enrich import Reader
from transform.language import LanguageDetector, open_detector
from transform.llm.agreement import Agree, Agreements
from transform.llm.answers import RememberedAnswers
from transform.llm.asking import Asker, Terms
from transform.llm.options import ModelOptions
from transform.review import AppliedReview, read_review
from transform.run_folder import open_run, put_in_force, remove_old_runs
from transform.status import RuleStatusDetector, StatusDetector

SPILL = "spill"


@dataclass(frozen=True)
class TransformOptions:
    """How to transform. `as_of` (default: now; without a zone it is UTC) is the moment that status is told for.

    `region` (ISO 3166 alpha-2; default: the own number's) reads local forms of numbers. `languages` weighs those that
    the company's clients write (1 when not named). `enrich=False` leaves language and status out: that is for measuring
    the rest. `skip_damaged` leaves damaged parts of the archive out and says so, instead of refusing it.
    """

    as_of: datetime | None = None
    region: str | None = None
    languages: Mapping[str, float] = field(default_factory=dict)
    enrich: bool = True
    skip_damaged: bool = False


@dataclass(frozen=True)
class LanguageModel:
    """A language model to ask for statuses, and how to ask a person whether he agrees to that."""

    options: ModelOptions
    agree: Agree


def transform(
    data: DataDir,
    account: str,
    options: TransformOptions,
    progress: Progress = no_progress,
    *,
    language: LanguageDetector | None = None,
    status: StatusDetector | None = None,
    model: LanguageModel | None = None,
) -> CleanRunFolder:
    """Make the clean tables of an account from all its sealed snapshots and put them in force.

    The archive is only read. With a `model` it tells the statuses, over the network where it has not been asked before;
    where it gives none the rules do, and the run says so. Raises UserError: (5) when there is no archive or it is
    damaged, (1) when another transform runs on the account or when the tables do not pass their checks, (2) when nobody
    agrees to ask the model, (3) when it cannot be asked; the run in force then stays.
    """
    started_at = datetime.now(UTC)
    as_of = as_utc(options.as_of or started_at)
    progress(Step(OPENING))
    archive = read_archive(data.archive(account), skip_damaged=options.skip_damaged, progress=progress)
    region = (options.region or own_region(archive) or "").upper() or None
    reader, asker = None, None
    settings: dict[str, str | None] = {"region": region, "language": None, "status": None}
    if options.enrich:
        language = language or open_detector(options.languages, data.cache)
        status = status or RuleStatusDetector(data.status_cues)
        settings |= {"language": language.name, "status": status.name}
        if model:
            terms = Terms(account, Agreements(data.root), model.agree, progress)
            asker = Asker(model.options, RememberedAnswers(data.cache), terms)
        reader = Reader(language, status, as_of, options.languages, asker)
    clean = data.clean(account)
    with private_umask(), exclusive(clean, "transform"):
        found = read_review(data.review(account))
        review = AppliedReview(found) if found else None
        partial = open_run(clean, started_at)
        outcome = build_tables(Job(archive, as_of, region, reader, progress, review), partial, partial / SPILL)
        shutil.rmtree(partial / SPILL)
        if language:
            language.close()
        if asker:
            settings |= {"language_model": asker.name, "answers": asker.answers_sha256()}
        run = CleanRun(
            format=FORMAT,
            tool=Tool(name="wa2pg", version=VERSION),
            run=partial.name.removesuffix(PARTIAL_SUFFIX),
            account=account,
            started_at=started_at,
            finished_at=datetime.now(UTC),
            as_of=as_of,
            snapshots=[Link(snapshot=snapshot.name, sha256=snapshot.sha256) for snapshot in archive.snapshots],
            settings=settings,
            inputs_sha256=inputs_hash(archive, as_of, settings, VERSION, review.inputs if review else None),
            tables=outcome.tables,
            accounting=outcome.accounting,
            people_without_number=outcome.figures.people_without_number,
            messages_without_number=outcome.figures.messages_without_number,
            contacts_without_messages=outcome.contacts_without_messages,
            own_known=bool(archive.own_addresses),
            history_complete=archive.complete,
            left_out=archive.left_out,
            warnings=[*_warnings(archive, outcome, review), *(asker.warnings if asker else [])],
            review=review.record() if review else None,
            language_model=asker.record() if asker else None,
        )
        replace_file(partial / RUN_JSON, run.to_json())
        path = put_in_force(partial)
        remove_old_runs(clean)
    progress(Step(N_("clean tables are in force"), done=1, total=1))
    return CleanRunFolder(path, run)


def as_utc(moment: datetime) -> datetime:
    """The moment in UTC to the millisecond, which is what the tables hold."""
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return moment - timedelta(microseconds=moment.microsecond % 1000)


# run.json holds them in English; `schemas.retelling.retold` tells them to people
@in_source()
def _warnings(archive: Archive, outcome: Outcome, review: AppliedReview | None) -> list[str]:
    warnings = [*archive.remarks, *map(_left_out, archive.left_out)]
    if archive.left_open:
        warnings.append(_("an extract died before it sealed what it had: run wa2pg audit --repair, then this again"))
    if not archive.own_addresses:
        warnings.append(_("the own number is not known, so notes to oneself cannot be told from a client's chat"))
    if timeless := outcome.figures.timeless:
        told = ngettext(
            "{count} message had no usable time and took that of a neighbour",
            "{count} messages had no usable time and took that of a neighbour",
            timeless,
            count=str(timeless),
        )
        warnings.append(told)
    if with_nul := outcome.texts_with_nul:
        told = ngettext(
            "{count} message held characters 0, which PostgreSQL cannot keep; removed",
            "{count} messages held characters 0, which PostgreSQL cannot keep; removed",
            with_nul,
            count=str(with_nul),
        )
        warnings.append(told)
    return warnings + (review.warnings() if review else [])


def _left_out(part: LeftOut) -> str:
    """What a damaged part costs, and how to have it back."""
    if part.path is None:
        return _(
            "left out: snapshot {snapshot} whole, nobody knows how many rows: {what}",
            snapshot=part.snapshot,
            what=part.what,
        )
    return ngettext(
        "left out: {file} of snapshot {snapshot}, {count} row of {table}: the file {what}",
        "left out: {file} of snapshot {snapshot}, {count} rows of {table}: the file {what}",
        part.rows or 0,
        count=str(part.rows),
        file=part.path,
        snapshot=part.snapshot,
        table=part.table,
        what=part.what,
    )
