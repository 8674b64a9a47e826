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


def choose(languages: Sequence[str], catalogues: Path = CATALOGUES) -> None:
    """Use the first of ``languages`` (such as ``de``) that has a catalogue; the texts are English otherwise."""
    install(gettext.translation(DOMAIN, catalogues, languages=languages, fallback=True))


def install(catalogue: gettext.NullTranslations) -> None:
    """Translate with ``catalogue`` from now on."""
    global _catalogue
    _catalogue = catalogue


def _(text: str) -> str:
    """``text`` in the chosen language."""
    return _catalogue.gettext(text)


def ngettext(singular: str, plural: str, count: int) -> str:
    """The form of the text that fits ``count`` in the chosen language."""
    return _catalogue.ngettext(singular, plural, count)
