"""Which language the program speaks here, and the commands' help in it."""

import copy
import inspect
from collections.abc import Sequence

import click

from schemas.settings import read_language_setting
from schemas.translation import LANGUAGES, N_, SOURCE, _, language_of_environment

# click's mark of a paragraph that must not be folded
_AS_IT_IS = "\b\n"
# click translates it by a variable, where no extractor sees it
_REQUIRED = N_("required")
# click has no translation of these
_OPTIONS, _SUBCOMMAND = N_("[OPTIONS]"), N_("COMMAND [ARGS]...")
# what a value is not: "'x' is not a valid integer range"
_NUMBERS = (N_("integer"), N_("integer range"), N_("float"), N_("float range"))


def chosen_language(words: Sequence[str]) -> str:
    """`--lang`, else WA2PG_LANG, else the locale; English for what programs read.

    It is read before click reads the words, since click's complaints are in this language too. A language that is not
    here counts as none: the option itself refuses it afterwards, and `doctor` looks at the setting.
    """
    if {"--json", "--unattended"} & set(words) or _value(words, "--progress") == "json":
        return SOURCE
    for named in (_value(words, "--lang"), read_language_setting()):
        if named and named.lower() in LANGUAGES:
            return named.lower()
    return language_of_environment()


def _value(words: Sequence[str], option: str) -> str | None:
    """What follows an option, as two words or after `=`; the last one counts."""
    found = None
    for place, word in enumerate(words):
        if word == "--":
            break
        if word == option and place + 1 < len(words):
            found = words[place + 1]
        elif word.startswith(f"{option}="):
            found = word.partition("=")[2]
    return found


lang_option = click.option(
    "--lang",
    type=click.Choice(LANGUAGES, case_sensitive=False),
    expose_value=False,
    is_eager=True,
    show_default=False,
    help="Language of what people read (WA2PG_LANG).  [default: the locale's]",
)


def in_language(command: click.Command) -> click.Command:
    """A copy of a command, and of all below it, whose help is in the language in force."""
    told = copy.copy(command)
    told.help, told.epilog, told.short_help = map(translated_help, (command.help, command.epilog, command.short_help))
    told.params = [_parameter(parameter) for parameter in command.params]
    # click keeps the option that it made when help was last asked for, words and all
    told._help_option = None
    told.options_metavar = told.options_metavar and _(told.options_metavar)
    if isinstance(command, click.Group) and isinstance(told, click.Group):
        told.subcommand_metavar = _(told.subcommand_metavar)
        told.commands = {name: in_language(inner) for name, inner in command.commands.items()}
    return told


def _parameter(parameter: click.Parameter) -> click.Parameter:
    told = copy.copy(parameter)
    told.metavar = translated_help(metavar(parameter))
    told.help = translated_help(parameter.help)
    if parameter.type.name in _NUMBERS:
        told.type = copy.copy(parameter.type)
        told.type.name = _(parameter.type.name)
    return told


def metavar(parameter: click.Parameter) -> str | None:
    """What stands for a parameter's value in the help; None where click has to show the choices themselves, or none."""
    flag = isinstance(parameter, click.Option) and (parameter.is_flag or parameter.count)
    if parameter.metavar or flag or isinstance(parameter.type, click.Choice):
        return parameter.metavar
    if isinstance(parameter, click.Argument):
        return str(parameter.name).upper()
    return parameter.type.name.upper()


def translated_help(text: str | None) -> str | None:
    """A help text in the language in force."""
    return "\n\n".join(_told(part) for part in _parts(text)) if text else text


def paragraphs(text: str | None) -> list[str]:
    """The parts of a help text that are messages of their own."""
    return [part.removeprefix(_AS_IT_IS) for part in _parts(text)] if text else []


def _parts(text: str) -> list[str]:
    # as click does, which cleans a docstring only when it prints it
    return inspect.cleandoc(text).split("\n\n")


def _told(part: str) -> str:
    as_it_is = _AS_IT_IS if part.startswith(_AS_IT_IS) else ""
    return as_it_is + _(part.removeprefix(as_it_is))
