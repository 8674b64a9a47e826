"""Tables as text for other programs: files for spreadsheets, and what is pasted into them."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Iterable, Sequence

_FORMULA = re.compile(r"""((?:^|[\t\r\n;])(?:[^\S\t\r\n]|[\0\ufeff"])*)([=+\-@\uff1d\uff0b\uff0d\uff20])""")
"""Where a spreadsheet would find a formula in a cell: at its beginning, and behind what may end one in a file.

Line breaks and tabs end a cell where its quotation marks are not understood, semicolons where they separate lists, as
in German. Some spreadsheets take the full-width forms too.
"""


def csv_text(headings: Sequence[str], rows: Iterable[Iterable[str]]) -> str:
    """CSV with a line for each row under one with the headings; no cell of a row is taken for a formula."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(headings)
    for row in rows:
        table.writerow(_harmless(cell) for cell in row)
    return text.getvalue()


def tabbed_text(headings: Sequence[str], rows: Iterable[Iterable[str]]) -> str:
    """The same for the clipboard: cells are separated by tabs, and have none and no line breaks in them."""
    lines = ["\t".join(headings)]
    lines += ["\t".join(_in_one_line(cell) for cell in row) for row in rows]
    return "\n".join(lines) + "\n"


def html_text(title: str, headings: Sequence[str], rows: Iterable[Iterable[str]]) -> str:
    """A page with one table. Nothing in it is taken for markup, and by a spreadsheet nothing for a formula."""
    name = html.escape(title)
    lines = [
        "<!DOCTYPE html>",
        f'<html><head><meta charset="utf-8"><title>{name}</title>',
        "<style>body { font-family: sans-serif } table { border-collapse: collapse }",
        "th, td { border: 1px solid #888; padding: 0.3em 0.6em; text-align: left; vertical-align: top }</style>",
        f"</head><body><h1>{html.escape(_harmless(title))}</h1><table>",
        _html_row("th", headings),
    ]
    lines += [_html_row("td", (_harmless(cell) for cell in row)) for row in rows]
    return "\n".join((*lines, "</table></body></html>")) + "\n"


def _html_row(tag: str, cells: Iterable[str]) -> str:
    return "<tr>" + "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in cells) + "</tr>"


def _in_one_line(cell: str) -> str:
    text = _harmless(" ".join(cell.split()))
    # A quotation mark there would hold the cells behind it together.
    return f"'{text}" if text.startswith('"') else text


def _harmless(cell: str) -> str:
    """``cell`` with an apostrophe wherever a formula would begin."""
    marked = _FORMULA.sub(r"\1'\2", cell)
    return f"'{marked}" if marked.startswith(("\t", "\r")) else marked
