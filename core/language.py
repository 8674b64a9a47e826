"""The language of every text: one catalogue for core and gui.

A text is a whole sentence with named arguments: ``_("{host} did not answer.").format(host=name)``. It is translated
when it is shown, so never at import.
"""

from __future__ import annotations

import gettext
from collections.abc import Sequence
from pathlib import Path

from core import catalogue

CATALOGUES = Path(__file__).resolve().parent.parent / "resources" / "translations"

_catalogue: gettext.NullTranslations = gettext.NullTranslations()


def choose(languages: Sequence[str], catalogues: Path = CATALOGUES) -> str:
    """Use the first of ``languages`` (such as ``de`` or ``de-DE``) that the texts are there in, and return it.

    English needs no catalogue, and is the choice when no other language is there.
    """
    for language in languages:
        # From de_AT to de: a country or a script without texts of its own has those of the language.
        name = language.replace("-", "_")
        while name and name != "en":
            if (file := catalogues / f"{name}.po").is_file():
                install(catalogue.read(file))
                return language
            name = name.rpartition("_")[0]
        if name == "en":
            break
    install(gettext.NullTranslations())
    return "en"


def install(texts: gettext.NullTranslations) -> None:
    """Translate with ``texts`` from now on."""
    global _catalogue
    _catalogue = texts


def _(text: str) -> str:
    """``text`` in the chosen language."""
    return _catalogue.gettext(text)


def ngettext(one: str, several: str, count: int) -> str:
    """The text for ``count`` things in the chosen language; in English ``one`` for one thing, else ``several``."""
    return _catalogue.ngettext(one, several, count)
