"""Reads script text made of constant commands: cmdlets with literal values, joined by ``|`` and ``;``.

Understood are quoted strings, words, numbers, ``$true``, ``$false``, ``$null``, ``a,b``, ``@(...)``,
``@{...}``, ``(...)`` around a constant, casts such as ``[guid]'...'`` inside those, ``-Name:value`` and
comments. Everything else is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from lab.powershell.commands import SWITCH_PRESENT, Argument, Command, Statement
from lab.powershell.conversion import ConversionError, convert
from lab.powershell.documented import Parameter
from lab.powershell.number_text import number_of_word
from lab.powershell.tokens import DASHES, DOUBLE_QUOTES, SINGLE_QUOTES, Text
from lab.powershell.values import Value

_CONSTANTS: dict[str, Value] = {"$true": True, "$false": False, "$null": None}
_CONSTANT = re.compile(r"\$(?:true|false|null)\b(?![:.\[(])", re.IGNORECASE)
_CAST = re.compile(r"\[([A-Za-z][\w.]*)(\[\])?\]")
_CAST_TYPES = {
    "bool": "Boolean",
    "boolean": "Boolean",
    "char": "Char",
    "datetime": "DateTime",
    "double": "Double",
    "guid": "Guid",
    "int": "Int32",
    "int32": "Int32",
    "int64": "Int64",
    "long": "Int64",
    "string": "String",
    "switch": "SwitchParameter",
    "timespan": "TimeSpan",
    "uint32": "UInt32",
    "uint64": "UInt64",
    "version": "Version",
}
_PARAMETER = re.compile(rf"[{DASHES}]([A-Za-z_?][\w-]*)(:)?")
_EXPRESSION_STARTS = frozenset("$@([+" + DASHES + SINGLE_QUOTES + DOUBLE_QUOTES)

TakesArgument = Callable[[str, str], bool]


def parse_script(text: str, takes_argument: TakesArgument) -> tuple[Statement, ...]:
    """The statements of constant script text.

    ``takes_argument(command, parameter)`` says whether the word after ``-parameter`` belongs to it (a switch
    takes none). A statement that starts with a constant stands for ``Write-Output`` of that constant. Raises
    PipelineError with a parse error for text that is anything else.
    """
    return _Parser(text, takes_argument).statements()


class _Parser:
    def __init__(self, text: str, takes_argument: TakesArgument) -> None:
        self._text = Text(text)
        self._takes_argument = takes_argument

    def statements(self) -> tuple[Statement, ...]:
        text = self._text
        found: list[Statement] = []
        while True:
            text.skip_space(lines=True)
            if not text.peek():
                return tuple(found)
            if text.peek() == ";":
                text.at += 1
                continue
            found.append(self._statement())
            text.skip_space()
            if text.peek() not in ("", ";", "\n"):
                text.refuse(f"'{text.peek()}' is not expected here")

    def _statement(self) -> Statement:
        text = self._text
        commands = [self._first_command()]
        while True:
            text.skip_space()
            if text.starts("||") or text.peek() != "|":
                return Statement(tuple(commands))
            text.at += 1
            text.skip_space(lines=True)
            commands.append(self._command())

    def _first_command(self) -> Command:
        text = self._text
        start = text.at
        if text.peek() in _EXPRESSION_STARTS or text.peek().isdigit():
            value = self._list_of(self._constant)
            text.skip_space()
            if text.peek() in ("", ";", "|", "\n"):
                return Command("Write-Output", (Argument(None, value),))
            text.at = start
            text.refuse("only a constant or a command may stand here")
        return self._command()

    def _command(self) -> Command:
        text = self._text
        start = text.at
        name = text.word()
        if not re.fullmatch(r"[A-Za-z][\w.\\-]*", name) or text.peek() in ("(", "{"):
            text.at = start
            text.refuse("the name of a command is expected here")
        return Command(name, tuple(self._arguments(name)))

    def _arguments(self, command: str) -> list[Argument]:
        text = self._text
        found: list[Argument] = []
        while True:
            text.skip_space()
            if text.peek() in ("", "|", ";", "\n"):
                return found
            parameter = _PARAMETER.match(text.text, text.at)
            if not parameter:
                found.append(Argument(None, self._list_of(self._argument)))
                continue
            text.at = parameter.end()
            text.skip_space()
            if parameter[2] or (self._takes_argument(command, parameter[1]) and self._argument_follows()):
                found.append(Argument(parameter[1], self._list_of(self._argument)))
            else:
                found.append(Argument(parameter[1], SWITCH_PRESENT))

    def _argument_follows(self) -> bool:
        text = self._text
        return text.peek() not in ("", "|", ";", "\n") and not _PARAMETER.match(text.text, text.at)

    def _list_of(self, read: Callable[[], Value]) -> Value:
        """One value, or several joined by commas as a list."""
        text = self._text
        items = [read()]
        while True:
            text.skip_space()
            if text.peek() != ",":
                return items[0] if len(items) == 1 else items
            text.at += 1
            text.skip_space(lines=True)
            items.append(read())

    def _argument(self) -> Value:
        """A value where a command's arguments stand: there a bare word is a string."""
        text = self._text
        if text.peek() in "$@(" or (text.peek() and text.peek() in SINGLE_QUOTES + DOUBLE_QUOTES):
            value = self._constant()
            self._refuse_unless_separate()
            return value
        start = text.at
        word = text.word()
        if not word or word.startswith("["):
            text.at = start
            text.refuse(f"'{text.peek()}' cannot start a value here")
        self._refuse_unless_separate()
        number = number_of_word(word)
        return word if number is None else number

    def _refuse_unless_separate(self) -> None:
        text = self._text
        if text.peek() and not (text.peek().isspace() or text.peek() in "|;,)}" or text.starts("`\n")):
            text.refuse("a value must end here")

    def _constant(self) -> Value:
        """A value where an expression stands: there a bare word would be a command."""
        text = self._text
        text.skip_space(lines=True)
        if text.starts("@("):
            text.at += 2
            return self._array()
        if text.starts("@{"):
            text.at += 2
            return self._hashtable()
        if text.peek() == "(":
            text.at += 1
            text.skip_space(lines=True)
            value = self._list_of(self._constant)
            self._expect(")")
            return value
        quoted = text.quoted()
        if quoted is not None:
            return quoted
        if constant := _CONSTANT.match(text.text, text.at):
            text.at = constant.end()
            return _CONSTANTS[constant[0].lower()]
        if cast := _CAST.match(text.text, text.at):
            return self._cast(cast)
        start = text.at
        number = number_of_word(text.word())
        if number is None:
            text.at = start
            text.refuse("a constant is expected here")
        return number

    def _cast(self, cast: re.Match[str]) -> Value:
        text = self._text
        type_name = _CAST_TYPES.get(cast[1].lower().removeprefix("system."))
        if type_name is None:
            text.refuse(f"the type [{cast[1]}] is not supported")
        text.at = cast.end()
        value = self._constant()
        parameter = Parameter("InputObject", type_name + (cast[2] or ""))
        try:
            return convert("" if value is None and type_name == "String" else value, parameter, None)
        except ConversionError as refused:
            text.refuse(refused.text.rstrip("."), "InvalidCastConstant")

    def _array(self) -> Value:
        text = self._text
        items: list[Value] = []
        while True:
            text.skip_space(lines=True)
            if text.peek() == ")":
                text.at += 1
                return items
            if text.peek() == ";":
                text.at += 1
                continue
            value = self._list_of(self._constant)
            items.extend(value if isinstance(value, list) else [value])
            text.skip_space()
            if text.peek() not in (")", ";", "\n"):
                text.refuse("the end of the array is expected here")

    def _hashtable(self) -> Value:
        text = self._text
        entries: dict[str, Value] = {}
        while True:
            text.skip_space(lines=True)
            if text.peek() == "}":
                text.at += 1
                return entries
            if text.peek() == ";":
                text.at += 1
                continue
            key = self._key()
            if key.lower() in (known.lower() for known in entries):
                text.refuse(f"the key '{key}' occurs twice", "DuplicateKeyInHashLiteral")
            self._expect("=")
            text.skip_space(lines=True)
            entries[key] = self._list_of(self._constant)
            text.skip_space()
            if text.peek() not in ("}", ";", "\n"):
                text.refuse("the end of the hashtable is expected here")

    def _key(self) -> str:
        text = self._text
        quoted = text.quoted()
        if quoted is not None:
            return quoted
        word = re.compile(r"\w+").match(text.text, text.at)
        if not word:
            text.refuse("a key is expected here")
        text.at = word.end()
        return word[0]

    def _expect(self, character: str) -> None:
        text = self._text
        text.skip_space(lines=True)
        if text.peek() != character:
            text.refuse(f"'{character}' is expected here")
        text.at += 1
