"""Folders that a Windows host would not take are refused in words before anything is sent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.hyperv.paths import LONGEST_FOLDER, folder_fault, same_path


@pytest.mark.parametrize(
    "folder",
    [
        r"D:\Machines",
        r"d:\Machines\WEB 01",
        "D:\\",
        r"\\files.contoso.example\machines\WEB01",
        r"E:\Maschinen für Züge\Ω",
        r"D:\It's $here; [really] & {so}",
    ],
)
def test_full_paths_are_taken(folder: str) -> None:
    assert folder_fault(folder) is None


@pytest.mark.parametrize(
    ("folder", "word"),
    [
        ("", "No folder"),
        ("   ", "No folder"),
        ("Machines", "not a full path"),
        (r"D:Machines", "not a full path"),
        (r"\Machines", "not a full path"),
        (r"\\server", "not a full path"),
        ("/var/machines", "not a full path"),
        (r"D:\a<b", "'<'"),
        (r"D:\a/b", "'/'"),
        (r"D:\a:b", "':'"),
        ("D:\\a\tb", "cannot contain"),
        (r"D:\a\..\b", "must not contain"),
        (r"D:\Machines \WEB01", "space"),
        (r"D:\Machines.", "dot"),
        (r"D:\con", "devices"),
        (r"D:\Lpt1.txt\x", "devices"),
        ("D:\\" + "x" * LONGEST_FOLDER, "characters"),
    ],
)
def test_other_paths_are_refused_with_the_reason(folder: str, word: str) -> None:
    fault = folder_fault(folder)
    assert fault is not None
    assert word in fault


@given(st.text())
def test_any_text_is_either_refused_or_a_path_that_stays_in_its_root(text: str) -> None:
    if folder_fault(text) is None:
        assert text[1:3] == ":\\" or text.startswith("\\\\")
        assert ".." not in text.split("\\")


def test_paths_are_compared_as_windows_does() -> None:
    assert same_path("D:\\Machines\\", r"d:\MACHINES")
    assert not same_path(r"D:\Machines", r"D:\Machines2")
