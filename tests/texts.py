"""The texts of the program and the catalogues of their translations: ``python3 dev.py texts``.

Refreshes each catalogue: what the program no longer says goes, what is new comes in untranslated and is listed.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from core.language import CATALOGUES

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("core", "gui")
HEADER = """\
# {language} texts of VM Ferry. "python3 dev.py texts" refreshes this file.
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Language: {code}\\n"
"Plural-Forms: {plural};\\n"

"""


def of_the_program() -> Catalog:
    """Every text of the program, without translations."""
    found = Catalog()
    for folder in FOLDERS:
        texts = extract_from_dir(ROOT / folder, [("**.py", "python")], keywords={"_": None, "ngettext": (1, 2)})
        for _file, _line, text, _comments, _context in texts:
            found.add(text)
    return found


def translated(file: Path) -> Catalog:
    """What a catalogue holds."""
    with file.open("rb") as lines:
        return read_po(lines, locale=file.stem)


def missing(catalogue: Iterable[Message]) -> list[Message]:
    """The texts without a translation."""
    return [each for each in catalogue if each.id and not (each.string and all(each.string))]


def refresh(file: Path) -> Catalog:
    """Bring a catalogue up to date with the program. One line for each text, in order, so that changes merge easily."""
    catalogue = translated(file)
    catalogue.update(of_the_program(), no_fuzzy_matching=True)
    body = io.BytesIO()
    write_po(body, catalogue, width=None, no_location=True, omit_header=True, sort_output=True, ignore_obsolete=True)
    language = catalogue.locale.get_display_name("en") if catalogue.locale else file.stem
    header = HEADER.format(language=language, code=file.stem, plural=catalogue.plural_forms.rstrip(";"))
    file.write_text(header + body.getvalue().decode().strip() + "\n", encoding="utf-8", newline="\n")
    return catalogue


def main() -> int:
    """Refresh all catalogues and list what they lack; 1 where something is missing."""
    code = 0
    for file in sorted(CATALOGUES.glob("*.po")):
        lacking = missing(refresh(file))
        for each in lacking:
            print(f"{file.name} lacks: {each.id}")
        print(f"{file.name}: {len(lacking)} texts are missing.")
        code = code or bool(lacking)
    return int(code)


if __name__ == "__main__":
    sys.exit(main())
