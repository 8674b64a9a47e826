"""The language of every text: one gettext catalogue for core and gui.

A text is a whole sentence with named arguments: ``_("{host} did not answer.").format(host=name)``. It is translated
when it is shown, so never at import.
"""

from __future__ import annotations

import gettext
from collections.abc import Sequence
from pathlib import Path

DOMAIN = "vmferry"
CATALOGUES = Path(__file__).resolve().parent.parent / "resources" / "translations"

_catalogue: gettext.NullTranslations = gettext.NullTranslations()


def choose(languages: Sequence[str], catalogues: Path = CATALOGUES) -> str:
    """Use the first of ``languages`` (such as ``de`` or ``de-DE``) that the texts are there in, and return it.

    English needs no catalogue, and is the choice when no other language is there.
    """
    for language in languages:
        if language.replace("_", "-").partition("-")[0] == "en":
            break
        if gettext.find(DOMAIN, catalogues, [name := language.replace("-", "_")]):
            install(gettext.translation(DOMAIN, catalogues, [name]))
            return language
    install(gettext.NullTranslations())
    return "en"


def install(catalogue: gettext.NullTranslations) -> None:
    """Translate with ``catalogue`` from now on."""
    global _catalogue
    _catalogue = catalogue


def _(text: str) -> str:
    """``text`` in the chosen language."""
    return _catalogue.gettext(text)
