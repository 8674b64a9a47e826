"""Answers of hosts, changed at random into what no host should say: in their JSON, in their CLIXML, and in their bytes.

What becomes of an answer follows from the random numbers alone, so that the same seed says the same again.
"""

from __future__ import annotations

import json
import random
import re
from typing import Any

HOSTILE_TEXTS = (
    "",
    " ",
    "\0",
    "\ud800",
    "a\udfffb",
    "\u202e\u2066name",
    "<img src=x onerror=alert(1)>",
    "=cmd|' /C calc'!A0",
    "'; Remove-Item C:\\ -Recurse; '",
    "$(Get-VM | Stop-VM)",
    "/Date(99999999999999999)/",
    "/Date(-1)/",
    "2026-02-30T25:61:00Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "2026-05-01T12:00:00",
    "00000000-0000-0000-0000-000000000000",
    "vmferry:machines",
    "999.999.999.999",
    "\\\\",
    "C:",
    "C:\\" + "a\\" * 300,
    "A" * 5000,
    "NaN",
    "[]",
    "{}",
)
HOSTILE_NUMBERS = (
    *(0, -1, 1, 2**31 - 1, -(2**31), 2**31, 2**53 + 1, 2**63 - 1, -(2**63), 2**63, 2**64, 10**40, 10**400),
    *(0.5, -0.0, 1e300, float("nan"), float("inf")),
)
_KEY = re.compile(r'"[A-Za-z]+":')
_TAGS = ("S", "I32", "I64", "U32", "B", "Db", "G", "DT", "TS", "Nil", "C", "BA", "Version", "SBK", "XD", "Obj")
_ELEMENT = re.compile(r"<([A-Za-z0-9]+)((?: [^<>]*)?)>([^<>]*)</\1>")
_FRAGMENT_HEADER, _MESSAGE_HEADER = 21, 40
_WHOLE = 3
"""The flags of a fragment that holds a whole message."""


class Twister:
    """Twists what one answer is made of; some of it comes as it is, unless ``always`` is given."""

    def __init__(self, choose: random.Random, *, always: bool = False) -> None:
        self._choose = choose
        self.twists_text = always or choose.random() < 0.8
        self.twists_clixml = choose.random() < 0.25
        self._chance = 1.0 if always else choose.choice((0.1, 0.3, 1.0))

    def text(self, text: str) -> str:
        """What a cmdlet printed, twisted now and then."""
        if not self.twists_text or self._choose.random() > self._chance:
            return text
        if text[:1] not in ("[", "{"):
            return self._choose.choice((*HOSTILE_TEXTS, text, text[: len(text) // 2], text + text))
        if self._choose.random() < 0.1:
            return self._torn(text)
        told = json.loads(text)
        for _number in range(self._choose.choice((1, 1, 1, 2, 5))):
            told = self._twisted(told)
        try:
            return json.dumps(told, ensure_ascii=self._choose.random() < 0.5)
        except RecursionError:
            return text

    def fragment(self, fragment: bytes) -> bytes:
        """A piece of the protocol, twisted now and then: one of its elements is another."""
        if not self.twists_clixml or self._choose.random() > self._chance or fragment[16] != _WHOLE:
            return fragment
        head, body = fragment[: _FRAGMENT_HEADER + _MESSAGE_HEADER], fragment[_FRAGMENT_HEADER + _MESSAGE_HEADER :]
        if self._choose.random() < 0.1:
            place = self._choose.randrange(len(fragment))
            return fragment[:place] + self._choose.randbytes(1) + fragment[place + 1 :]
        found = list(_ELEMENT.finditer(body.decode("utf-8", "surrogatepass")))
        if not found:
            return fragment
        chosen, text = self._choose.choice(found), body.decode("utf-8", "surrogatepass")
        changed = text[: chosen.start()] + self._element(chosen) + text[chosen.end() :]
        message = head[_FRAGMENT_HEADER:] + changed.encode("utf-8", "surrogatepass")
        return head[:17] + len(message).to_bytes(4, "big") + message

    def _element(self, found: re.Match[str]) -> str:
        tag, attributes, content = found.groups()
        match self._choose.randrange(6):
            case 0:
                return ""
            case 1:
                return found[0] + found[0]
            case 2:
                return f"<Nil{attributes}/>"
            case 3:
                other = self._choose.choice(_TAGS)
                return f"<{other}{attributes}>{content}</{other}>"
            case 4:
                return f"<{tag}{attributes}>{self._choose.choice(HOSTILE_NUMBERS)}</{tag}>"
        other = self._choose.choice((content * 3, "_xD800_", "_x0000_", "&#x202E;", "-", "true", "A" * 3000))
        return f"<{tag}{attributes}>{other}</{tag}>"

    def _torn(self, text: str) -> str:
        """A text that is not even JSON, or not the one that was asked for."""
        keys = list(_KEY.finditer(text))
        place = self._choose.randrange(len(text))
        match self._choose.randrange(5):
            case 0:
                return text[:place]
            case 1:
                return text[:place] + self._choose.choice('"{}[],:\\0-eN') + text[place:]
            case 2 if keys:
                key = self._choose.choice(keys)
                return text[: key.start()] + key[0] + "NaN," + text[key.start() :]
            case 3:
                return self._choose.choice(("null", "true", "0", '""', "[null]", "[[]]", "[{}]", "{}", "[]"))
        depth = self._choose.choice((40, 2_000, 100_000))
        return "[" * depth + text + "]" * depth

    def _twisted(self, told: Any) -> Any:
        """The same with one thing changed, somewhere within it."""
        if isinstance(told, list) and told and self._choose.random() < 0.9:
            place = self._choose.randrange(len(told))
            match self._choose.randrange(12):
                case 0:
                    return [*told, told[place]]
                case 1:
                    return told[:place] + told[place + 1 :]
                case 2:
                    return told[::-1]
            return [*told[:place], self._twisted(told[place]), *told[place + 1 :]]
        if isinstance(told, dict) and told and self._choose.random() < 0.95:
            name = self._choose.choice(list(told))
            match self._choose.randrange(12):
                case 0:
                    return {key: value for key, value in told.items() if key != name}
                case 1:
                    return told | {name: told[self._choose.choice(list(told))]}
                case 2:
                    return told | {name: None}
            return told | {name: self._twisted(told[name])}
        if self._choose.random() < 0.65:
            return self._of_same_kind(told)
        return self._choose.choice((None, True, [], {}, [told], {"value": [told], "Count": 1}, self._any()))

    def _of_same_kind(self, told: Any) -> Any:
        """A value that passes for what was told, by its type."""
        match told:
            case bool():
                return not told
            case int() | float():
                near = (told + 1, -told, told * 1000)
                return self._choose.choice((*near, *(each for each in HOSTILE_NUMBERS if isinstance(each, int))))
            case str():
                return self._choose.choice((*HOSTILE_TEXTS, told.upper(), told + told, told[::-1]))
        return self._any()

    def _any(self) -> Any:
        return self._choose.choice((*HOSTILE_TEXTS, *HOSTILE_NUMBERS))
