"""PO files are read as Babel reads them, and plurals follow the rule of the language."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from core import catalogue, language

WRITTEN = r"""# A comment.
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\n"
"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);\n"

#, python-brace-format
msgid "The \"{name}\" lies in C:\\VMs.\n"
"It stays."
msgstr "„{name}“ "
"leży w C:\\VMs.\n"
"Zostaje."

msgid "Nobody has translated this."
msgstr ""

msgid "{count} machine"
msgid_plural "{count} machines"
msgstr[0] "{count} maszyna"
msgstr[1] "{count} maszyny"
msgstr[2] "{count} maszyn"
"""


@pytest.fixture
def polish(tmp_path: Path) -> catalogue.Catalogue:
    file = tmp_path / "pl.po"
    file.write_text(WRITTEN, encoding="utf-8")
    return catalogue.read(file)


def test_a_text_may_have_several_lines_quotes_and_backslashes(polish: catalogue.Catalogue) -> None:
    assert polish.gettext('The "{name}" lies in C:\\VMs.\nIt stays.') == "„{name}“ leży w C:\\VMs.\nZostaje."


def test_what_is_not_translated_is_english(polish: catalogue.Catalogue) -> None:
    assert polish.gettext("Nobody has translated this.") == "Nobody has translated this."
    assert polish.gettext("Nobody knows this.") == "Nobody knows this."
    assert [polish.ngettext("a disk", "disks", count) for count in (0, 1, 2)] == ["disks", "a disk", "disks"]


@pytest.mark.parametrize(("count", "text"), [(1, "maszyna"), (3, "maszyny"), (5, "maszyn"), (12, "maszyn")])
def test_the_number_decides_the_form(polish: catalogue.Catalogue, count: int, text: str) -> None:
    assert polish.ngettext("{count} machine", "{count} machines", count) == f"{{count}} {text}"


def test_the_german_texts_are_read_as_babel_reads_them() -> None:
    file = language.CATALOGUES / "de.po"
    german = catalogue.read(file)
    with file.open("rb") as lines:
        known = read_po(lines, locale="de")
    assert len(known) > 1000
    for each in known:
        if isinstance(each.id, str) and each.id:
            assert german.gettext(each.id) == each.string
        elif each.id:
            assert tuple(german.ngettext(*each.id, count) for count in (1, 2)) == each.string
