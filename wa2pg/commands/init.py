"""`wa2pg init`: five questions, whose answers are checked and become the settings in `.env`."""

import os
import shlex
from pathlib import Path
from typing import Any

import click
from babel import Locale
from pydantic import SecretStr
from rich.text import Text

from schemas.datadir import check_account
from schemas.errors import ExitCode, UserError
from schemas.health import Health
from schemas.settings import Settings
from schemas.translation import LANGUAGES, _, language, use_language
from transform.llm.options import ModelOptions
from wa2pg.asking import StoppedError, ask, ask_hidden, ask_yes, choose
from wa2pg.env_file import BACKUP, NAME, EnvFile, read_env_file
from wa2pg.init_database import Chosen, Database, ask_database, ask_organization
from wa2pg.invocation import DEMO_ACCOUNT, Invocation, command_options
from wa2pg.language_model import check_llm
from wa2pg.talk import complain, pasteable, report_text, say, tell_stopped, warn

_SECRETS = frozenset({"DATABASE_URL", "OPENROUTER_API_KEY", "LLM_API_KEY"})


@click.command("init", short_help="Five questions that make the settings.")
@command_options("init", account=False, lenient=True)
def init_command(invocation: Invocation) -> int:
    """Ask for language, database, organisation, account and language model, and write .env.

    Each answer is checked when it is given. Everything else in an existing .env stays as it is, and the old file is
    kept as .env.before-init. Nothing is written when it is stopped. The demo needs none of this.

    \b
      wa2pg init
      wa2pg init --lang ru
    """
    file = read_env_file(Path(NAME))
    try:
        answers, steps = _ask(invocation, file)
    except StoppedError as stopped:
        return _nothing_written(interrupted=stopped.interrupted)
    except KeyboardInterrupt:
        return _nothing_written(interrupted=True)
    changed = file.changed(answers)
    written = file.write(answers)
    invocation.warnings += _beaten(answers)
    body = {
        "file": str(file.path),
        "written": written,
        "changed": changed,
        "backup": str(file.path.with_name(BACKUP)) if written and file.content is not None else None,
    }
    reports = [_table(file, answers, changed, written)]
    if not (invocation.quiet or invocation.as_json):
        reports.append(Text(_("Next:") + "".join(f"\n  {pasteable(step)}" for step in steps)))
    return invocation.finish(body, reports, next_command=steps[0] if invocation.as_json else None)


def _ask(invocation: Invocation, file: EnvFile) -> tuple[dict[str, str], list[str]]:
    """Every question in turn; the settings, and the commands that come next."""
    say(_("Five questions. Enter takes what stands in brackets; Ctrl-C leaves everything as it was."))
    answers = {"WA2PG_LANG": _ask_language(invocation)}
    _headline(2, _("Database"))
    database = ask_database(invocation, file.value("DATABASE_URL"))
    _headline(3, _("Organisation"))
    chosen = ask_organization(invocation, database, file.value("WA2PG_ORG"))
    answers |= {"DATABASE_URL": database.address, "WA2PG_ORG": chosen.setting}
    _headline(4, _("WhatsApp account"))
    answers["WA2PG_ACCOUNT"] = _ask_account(file.value("WA2PG_ACCOUNT"))
    _headline(5, _("Language model"))
    answers |= _ask_llm(file)
    return answers, _next_steps(database, chosen)


def _headline(place: int, name: str) -> None:
    say("")
    say(_("{place} of 5: {name}", place=place, name=name))


def _ask_language(invocation: Invocation) -> str:
    _headline(1, _("Language"))
    named = [(code, f"{Locale(code).get_display_name(code)} ({code})") for code in LANGUAGES]
    code = choose(named, _("Language of this program"), language())
    if not invocation.as_json:
        use_language(code)
    return code


def _ask_account(kept: str) -> str:
    say(_("A name for the company's WhatsApp number, such as office. With one number, just press Enter."))
    default = kept if kept and _account_problem(kept) is None else "default"
    while True:
        typed = ask(_("Name of the account"), default=default)
        problem = _account_problem(typed)
        if problem is None:
            return typed
        complain(problem.message, _("for example: {name}", name="office"))


def _account_problem(name: str) -> UserError | None:
    try:
        if check_account(name) == DEMO_ACCOUNT:
            return UserError(_("The account name '{name}' is the sample's.", name=DEMO_ACCOUNT))
    except UserError as error:
        return error
    return None


def _ask_llm(file: EnvFile) -> dict[str, str]:
    say(
        _(
            "Rules tell each client's status, offline and free. A language model can do it instead, when a command "
            "is told to use it; that sends chats away, without names and numbers, and costs money."
        )
    )
    options = [
        ("no", _("no language model")),
        ("openrouter", _("OpenRouter, with a key from openrouter.ai/settings/keys")),
        ("other", _("another server, such as Ollama on a machine of yours")),
    ]
    there = "other" if file.value("LLM_BASE_URL") else "openrouter" if file.value("OPENROUTER_API_KEY") else "no"
    choice = choose(options, _("Language model"), there)
    if choice == "no":
        return {"OPENROUTER_API_KEY": "", "LLM_BASE_URL": "", "LLM_API_KEY": ""}
    failures = 0
    while True:
        answers = _ask_openrouter(file) if choice == "openrouter" else _ask_other_server(file)
        if _llm_answers(file, answers):
            return answers
        failures += 1
        if failures > 1 and ask_yes(_("Keep this anyway?")):
            return answers


def _ask_openrouter(file: EnvFile) -> dict[str, str]:
    kept = file.value("OPENROUTER_API_KEY")
    question = _("Key (not shown; Enter: the one in .env)") if kept else _("Key (not shown)")
    key = ""
    while not key:
        key = ask_hidden(question).strip() or kept
    return {"OPENROUTER_API_KEY": key, "LLM_BASE_URL": ""}


def _ask_other_server(file: EnvFile) -> dict[str, str]:
    kept = file.value("LLM_API_KEY")
    base_url = _ask_base_url(file.value("LLM_BASE_URL"))
    model = ""
    while not model:
        model = ask(_("Name of the model there"), default=file.value("OPENROUTER_MODEL"))
    if kept:
        key = ask_hidden(_("Key of this server (not shown; Enter: the one in .env, -: none)")).strip() or kept
    else:
        key = ask_hidden(_("Key of this server (not shown; Enter: none)")).strip()
    return {"LLM_BASE_URL": base_url, "OPENROUTER_MODEL": model, "LLM_API_KEY": "" if key == "-" else key}


def _ask_base_url(kept: str) -> str:
    while True:
        typed = ask(_("Address, such as http://127.0.0.1:11434/v1"), default=kept)
        try:
            return ModelOptions(typed).base_url
        except UserError as error:
            complain(error.message, error.hint)


def _llm_answers(file: EnvFile, answers: dict[str, str]) -> bool:
    """Ask the server, which costs nothing; False when it does not take the key."""
    say(_("Asking the server, which costs nothing …"))
    model = answers.get("OPENROUTER_MODEL") or file.value("OPENROUTER_MODEL")
    given: dict[str, Any] = {"openrouter_model": model or None, "llm_base_url": answers["LLM_BASE_URL"] or None}
    for name in ("OPENROUTER_API_KEY", "LLM_API_KEY"):
        secret = answers.get(name, file.value(name))
        given[name.lower()] = SecretStr(secret) if secret else None
    try:
        check = check_llm(Settings.model_construct(**given))
    except UserError as error:
        complain(error.message, error.hint)
        return False
    if check.health is Health.BROKEN:
        complain(check.found)
        return False
    if check.health is Health.WARNING:
        warn(check.found)
    else:
        say(f"  {check.found}")
    return True


def _next_steps(database: Database, chosen: Chosen) -> list[str]:
    steps = ["wa2pg db migrate"] if database.look and database.look.to_migrate else []
    if chosen.to_make:
        steps.append(f"wa2pg org create {shlex.quote(chosen.to_make)}")
    return [*steps, "wa2pg doctor", "wa2pg extract"]


def _table(file: EnvFile, answers: dict[str, str], changed: list[str], written: bool) -> Text:
    rows = [
        (name, _shown(name, value, name in changed))
        for name, value in answers.items()
        if value or name in changed or name == "DATABASE_URL"
    ]
    if not written:
        return report_text(_("Nothing to change in .env"), rows)
    if file.content is not None:
        rows.append((_("the old file"), BACKUP))
    return report_text(_("Written to .env"), rows)


def _shown(name: str, value: str, is_new: bool) -> str:
    if not value:
        return _("none: an embedded PostgreSQL") if name == "DATABASE_URL" else _("taken out")
    if name in _SECRETS:
        return _("new (not shown)") if is_new else _("kept")
    return value


def _beaten(answers: dict[str, str]) -> list[str]:
    """The settings that the environment says otherwise, by name."""
    there = {name.lower(): value for name, value in os.environ.items() if value}
    beaten = [name for name, value in answers.items() if there.get(name.lower(), value) != value]
    return [
        _("{name} is set in the environment to something else, which beats .env; to end that: unset {name}", name=name)
        for name in beaten
    ]


def _nothing_written(*, interrupted: bool) -> int:
    say("")  # what is said next begins a line of its own
    if interrupted:
        tell_stopped(_("Stopped: .env was not written."), _("run it again: {command}", command="wa2pg init"))
        return ExitCode.INTERRUPTED
    complain(
        _("The answers ended before the questions did: .env was not written."),
        _("run it again: {command}", command="wa2pg init"),
    )
    return ExitCode.FAILED
