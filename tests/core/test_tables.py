"""No text of a host becomes a formula in another program, however it gets there and whatever separates cells there."""

from __future__ import annotations

import csv
import io
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.tables import csv_text, html_text, tabbed_text

FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
HEADINGS = ("Name", "Notes")

cells = st.text(st.sampled_from(["=", "+", "-", "@", "\uff1d", "\t", "\r", "\n", "\x0b", "\x85", "\u2028", " ", "\xa0",
                                 "\ufeff", ";", ",", '"', "'", "<", "&", "1", "x"]), max_size=12)  # fmt: skip
rows = st.lists(st.tuples(cells, cells), min_size=1, max_size=3)


class Cells(HTMLParser):
    """The texts of the cells and headlines of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in ("td", "th", "h1"):
            self.found.append("")

    def handle_data(self, data: str) -> None:
        if self.found:
            self.found[-1] += data


def is_formula(cell: str) -> bool:
    return cell.strip("\ufeff\0 \t\r\n\x0b\x0c\x85\xa0\u2028\u2029").startswith(FORMULA)


def read(text: str, separator: str) -> list[list[str]]:
    """As a spreadsheet does that takes ``separator`` for the end of a cell."""
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


def plain(cell: str) -> str:
    return cell.replace("'", "")


@given(rows)
def test_no_cell_of_a_file_is_a_formula(rows: list[tuple[str, str]]) -> None:
    text = csv_text(HEADINGS, rows)
    for separator in ",;\t":
        found = [cell for row in read(text, separator) for cell in row]
        assert not [cell for cell in found if is_formula(cell)], separator
    # Beside the mark nothing of a text is another.
    assert [[plain(cell) for cell in row] for row in read(text, ",")[1:]] == [[plain(c) for c in row] for row in rows]


@given(rows)
def test_no_cell_of_the_clipboard_is_a_formula(rows: list[tuple[str, str]]) -> None:
    text = tabbed_text(HEADINGS, rows)
    found = read(text, "\t")
    assert [len(row) for row in found] == [2] * (1 + len(rows))
    assert not [cell for row in found for cell in row if is_formula(cell)]
    assert len(text.splitlines()) == 1 + len(rows)


@given(cells, rows)
def test_no_cell_of_a_page_is_a_formula(title: str, rows: list[tuple[str, str]]) -> None:
    found = Cells(html_text(title, HEADINGS, rows)).found
    assert len(found) == 1 + 2 + 2 * len(rows)
    assert not [cell for cell in found if is_formula(cell)]


@pytest.mark.parametrize("cell", ["WEB01", "a-b", "1 + 1 = 2", "it's", 'a "b" c', "line 1\nline 2", "x@contoso.com"])
def test_what_is_no_formula_is_left_as_it_is(cell: str) -> None:
    assert read(csv_text(HEADINGS, [(cell, "")]), ",")[1] == [cell, ""]
    assert tabbed_text(HEADINGS, [(cell, "")]).splitlines()[1] == f"{' '.join(cell.split())}\t"
