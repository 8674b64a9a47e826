"""Reads printed scripts back by PowerShell's rules, independently of what printed them.

Only what the printer uses is known: words, single-quoted strings, numbers, $true and $false, arrays,
hashtables, parameters, ``|`` and line ends (PowerShell Language Specification 3.0, 2.3 and 7.1).
"""

from __future__ import annotations

from dataclasses import dataclass

QUOTES = "'\u2018\u2019\u201a\u201b"
ENDS_WORD = " \n|,;(){}@$=" + QUOTES

NULL = object()
"""What $null reads as: None stands for a parameter without a value."""
# name, and (parameter, value) pairs; a parameter without a value has the value None
ReadCommand = tuple[str, list[tuple[str, object]]]


@dataclass
class Reader:
    text: str
    at: int = 0

    def script(self) -> list[list[ReadCommand]]:
        statements = [self.statement()]
        while self.at < len(self.text) and self.peek() == "\n":
            self.at += 1
            statements.append(self.statement())
        assert self.at == len(self.text), f"unread: {self.text[self.at :]!r}"
        return statements

    def commented_script(self) -> list[list[ReadCommand]]:
        """Statements between lines that are empty or comments."""
        statements = []
        self.comments()
        while self.at < len(self.text):
            statements.append(self.statement())
            assert self.peek() == "\n", f"more in the line: {self.text[self.at :]!r}"
            self.comments()
        return statements

    def comments(self) -> None:
        """Pass empty lines and comments, which end where a line does: at a carriage return too (2.2.1, 2.2.3)."""
        while self.at < len(self.text) and self.text[self.at] in "\r\n#":
            if self.text[self.at] == "#":
                while self.at < len(self.text) and self.text[self.at] not in "\r\n":
                    self.at += 1
            else:
                self.at += 1

    def remote_call(self) -> tuple[ReadCommand, list[list[ReadCommand]]]:
        """A command whose last parameter is a script block, and the statements in that."""
        name, parameters = self.command()
        assert parameters.pop() == ("ScriptBlock", None)
        assert self.text[self.at : self.at + 2] == "{\n"
        self.at += 2
        statements = []
        while self.peek() != "}":
            self.spaces()
            statements.append(self.statement())
            assert self.peek() == "\n"
            self.at += 1
        self.at += 1
        return (name, parameters), statements

    def statement(self) -> list[ReadCommand]:
        commands = [self.command()]
        while self.peek() == "|":
            self.at += 1
            self.spaces()
            commands.append(self.command())
        return commands

    def command(self) -> ReadCommand:
        name = self.word()
        parameters: list[tuple[str, object]] = []
        self.spaces()
        while self.peek() == "-":
            self.at += 1
            parameter = self.word()
            self.spaces()
            has_value = self.peek() not in "|\n{" and not self.parameter_follows()
            parameters.append((parameter, self.argument() if has_value else None))
            self.spaces()
        return name, parameters

    def parameter_follows(self) -> bool:
        return self.peek() == "-" and self.text[self.at + 1].isalpha()

    def argument(self) -> object:
        """A value in argument mode, where a bare word is a string and a comma makes an array."""
        values = [self.value(bare_words=True)]
        while self.peek() == ",":
            self.at += 1
            values.append(self.value(bare_words=True))
        return values[0] if len(values) == 1 else tuple(values)

    def value(self, *, bare_words: bool) -> object:
        first = self.peek()
        if first in QUOTES:
            return self.string()
        if first == "$":
            self.at += 1
            return {"true": True, "false": False, "null": NULL}[self.word()]
        if first == "@":
            self.at += 2
            return self.array() if self.text[self.at - 1] == "(" else self.hashtable()
        word = self.word()
        if word.lstrip("-").isdigit():
            return int(word)
        assert bare_words, f"{word} would be run as a command"
        return word

    def string(self) -> str:
        """Any quote character ends it, unless another follows, which then stands for itself."""
        self.at += 1
        read = ""
        while True:
            character = self.text[self.at]
            self.at += 1
            if character in QUOTES:
                if self.peek() not in QUOTES:
                    return read
                character = self.text[self.at]
                self.at += 1
            read += character

    def array(self) -> tuple[object, ...]:
        items: list[object] = []
        while self.peek() != ")":
            items.append(self.value(bare_words=False))
            if self.peek() == ",":
                self.at += 1
                self.spaces()
        self.at += 1
        return tuple(items)

    def hashtable(self) -> dict[str, object]:
        entries: dict[str, object] = {}
        while self.peek() != "}":
            key = self.string() if self.peek() in QUOTES else self.word()
            self.spaces()
            assert self.peek() == "="
            self.at += 1
            self.spaces()
            entries[key] = self.value(bare_words=False)
            if self.peek() == ";":
                self.at += 1
                self.spaces()
        self.at += 1
        return entries

    def word(self) -> str:
        start = self.at
        while self.at < len(self.text) and self.text[self.at] not in ENDS_WORD:
            self.at += 1
        assert self.at > start, f"no word at {self.text[start:]!r}"
        return self.text[start : self.at]

    def spaces(self) -> None:
        while self.peek() == " ":
            self.at += 1

    def peek(self) -> str:
        """The next character, or a line end where the text ends."""
        return self.text[self.at] if self.at < len(self.text) else "\n"
