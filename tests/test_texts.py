"""Every text of the program has a German one that fits it; ``python3 dev.py texts`` lists what is missing."""

from __future__ import annotations

import re
import string
from collections.abc import Callable
from pathlib import Path

import pytest
from babel.messages import Catalog, Message

from core.language import CATALOGUES
from tests import texts

GERMAN = CATALOGUES / "de.po"


@pytest.fixture(scope="module")
def german() -> Catalog:
    return texts.translated(GERMAN)


@pytest.fixture(scope="module")
def program() -> Catalog:
    return texts.of_the_program()


def forms(text: str | tuple[str, ...]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def arguments(text: str) -> set[str]:
    """The named arguments of a text."""
    return {name for _before, name, _format, _conversion in string.Formatter().parse(text) if name is not None}


def access_keys(text: str) -> list[str]:
    return re.findall(r"&([^&\s])", text.replace("&&", ""))


def unlike(german: Catalog, trait: Callable[[str], object]) -> list[str]:
    """The texts whose translation does not share a trait."""
    return [
        f"{english} -> {translation}"
        for each in german
        if each.id
        for english in forms(each.id)
        for translation in forms(each.string)
        if translation and trait(english) != trait(translation)
    ]


def ids(catalogue: Catalog) -> set[str | tuple[str, ...]]:
    return {each.id if isinstance(each.id, str) else tuple(each.id) for each in catalogue if each.id}


def test_every_text_has_a_german_one(german: Catalog, program: Catalog) -> None:
    lacking = ids(program) - ids(german) | {forms(each.id) for each in texts.missing(german)}
    assert not lacking, 'Add the German of these to resources/translations/de.po ("python3 dev.py texts" makes room)'


def test_no_translation_is_left_of_a_text_that_is_gone(german: Catalog, program: Catalog) -> None:
    assert not ids(german) - ids(program), '"python3 dev.py texts" removes these'
    assert not german.obsolete
    assert not [each.id for each in german if each.fuzzy]


def test_translations_have_the_same_arguments(german: Catalog) -> None:
    assert not unlike(german, arguments)


def test_translations_have_an_access_key_where_the_english_have_one(german: Catalog) -> None:
    assert not unlike(german, lambda text: len(access_keys(text)))


def test_translations_begin_and_end_as_the_english(german: Catalog) -> None:
    """Dots that announce a dialog, colons before a field, breaks and blanks belong to the layout, not to the words."""
    assert not unlike(german, lambda text: (text.endswith("..."), text.endswith(":"), text.count("\n")))
    assert not unlike(german, lambda text: (text[0] == " ", text[-1] == " "))
    assert not unlike(german, lambda text: text.endswith(".") and not text.endswith("..."))


def test_refreshing_keeps_what_is_translated_and_makes_room_for_the_rest(tmp_path: Path) -> None:
    file = tmp_path / "de.po"
    whole = GERMAN.read_text(encoding="utf-8")
    cancel = 'msgid "Cancel"\nmsgstr "Abbrechen"\n\n'
    gone = 'msgid "Nobody says this."\nmsgstr "Das sagt niemand."\n\n'
    file.write_text(whole.replace(cancel, gone), encoding="utf-8")
    assert [each.id for each in texts.missing(texts.refresh(file))] == ["Cancel"]
    assert file.read_text(encoding="utf-8") == whole.replace(cancel, cancel.replace("Abbrechen", ""))
    file.write_text(whole, encoding="utf-8")
    texts.refresh(file)
    assert file.read_text(encoding="utf-8") == whole


def test_a_text_of_which_a_form_is_missing_is_missing() -> None:
    counted = Message(("{count} disk", "{count} disks"), ("{count} Festplatte", ""))
    assert texts.missing([counted, Message("Cancel", "Abbrechen")]) == [counted]
