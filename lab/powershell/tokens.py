"""Reads the characters of constant PowerShell text: strings, words and comments.

PowerShell takes typographic quotes for straight ones and typographic dashes for hyphens; so does this reader.
"""

from __future__ import annotations

import re
from typing import NoReturn

from lab.powershell.streams import ErrorRecord, PipelineError

SINGLE_QUOTES = "'\u2018\u2019\u201a\u201b"
DOUBLE_QUOTES = '"\u201c\u201d\u201e'
DASHES = "-\u2013\u2014\u2015"
_ENDS_WORD = frozenset(" \t\r\n|;,(){}&<>\u00a0\u0085" + SINGLE_QUOTES + DOUBLE_QUOTES)
_ESCAPES = {"0": "\0", "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_STARTS_VARIABLE = re.compile(r"\$[\w{(:?^$]")


class Text:
    """Constant PowerShell text, read from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text.replace("\r\n", "\n").replace("\r", "\n")
        self.at = 0

    def peek(self) -> str:
        """The next character, or an empty string at the end."""
        return self.text[self.at : self.at + 1]

    def starts(self, prefix: str) -> bool:
        """Whether the text goes on with ``prefix``."""
        return self.text.startswith(prefix, self.at)

    def skip_space(self, *, lines: bool = False) -> None:
        """Pass blanks, continued lines and comments; with ``lines`` ends of lines as well."""
        while character := self.peek():
            if self.starts("`\n"):
                self.at += 2
            elif self.starts("<#"):
                end = self.text.find("#>", self.at)
                if end < 0:
                    self.refuse("the comment is missing its end #>", "MissingTerminatorMultiLineComment")
                self.at = end + 2
            elif character == "#":
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            elif character.isspace() and (lines or character != "\n"):
                self.at += 1
            else:
                return

    def quoted(self) -> str | None:
        """A quoted string at this place, without its quotes and with its escapes resolved; None for anything
        else.
        """
        quote = self.peek()
        if self.starts("@'") or self.starts('@"'):
            self.refuse("here-strings are not supported")
        if not quote or quote not in SINGLE_QUOTES + DOUBLE_QUOTES:
            return None
        quotes = SINGLE_QUOTES if quote in SINGLE_QUOTES else DOUBLE_QUOTES
        start = self.at
        self.at += 1
        found: list[str] = []
        while character := self.peek():
            following = self.text[self.at + 1 : self.at + 2]
            if character in quotes:
                if not following or following not in quotes:
                    self.at += 1
                    return "".join(found)
                found.append(character)
                self.at += 2
            elif quotes == DOUBLE_QUOTES and character == "`" and following:
                found.append(_ESCAPES.get(following, following))
                self.at += 2
            elif quotes == DOUBLE_QUOTES and _STARTS_VARIABLE.match(self.text, self.at):
                self.refuse("a variable inside a string is not a constant")
            else:
                found.append(character)
                self.at += 1
        self.at = start
        self.refuse(f"the string is missing its end {quote}", "TerminatorExpectedAtEndOfString")

    def word(self) -> str:
        """The word at this place, up to a blank or a special character, with backtick escapes resolved."""
        found: list[str] = []
        while (character := self.peek()) and character not in _ENDS_WORD:
            if character == "$":
                self.refuse("variables are not supported")
            if character == "`":
                self.at += 1
                character = _ESCAPES.get(self.peek(), self.peek())
            found.append(character)
            self.at += 1
        return "".join(found)

    def refuse(self, problem: str, error_id: str = "ConstantCommandsOnly") -> NoReturn:
        """Raise PipelineError: this text is not constant commands."""
        before = self.text[: self.at]
        line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
        message = (
            "This simulated host runs constant commands only (cmdlets with literal values, joined by | and "
            f";): {problem}, at line {line}, character {column}."
        )
        types = ("System.Management.Automation.ParseException", "System.Exception", "System.Object")
        raise PipelineError(ErrorRecord(message, error_id, "ParserError", "", types))
