"""Every icon is there and draws something."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize

from gui.icons import FOLDER, host_icon, icon

NAMES = sorted(path.stem for path in FOLDER.glob("*.svg"))


@pytest.mark.parametrize("size", [16, 32])
@pytest.mark.parametrize("name", NAMES)
def test_icon_draws_something(name: str, size: int) -> None:
    image = icon(name).pixmap(QSize(size, size)).toImage()
    assert image.width() == size
    assert any(image.pixelColor(x, y).alpha() > 200 for x in range(size) for y in range(size))


def test_an_icon_that_is_missing_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        icon("no-such-icon")


@pytest.mark.parametrize("is_practice", [False, True])
def test_states_of_a_host_differ(is_practice: bool) -> None:
    states = [(False, False), (True, False), (False, True)]
    images = [host_icon(is_practice, *state).pixmap(16, 16).toImage() for state in states]
    assert images[0] != images[1] != images[2] != images[0]


def test_a_practice_host_looks_unlike_a_real_one() -> None:
    for state in [(False, False), (True, False), (False, True)]:
        assert host_icon(True, *state).pixmap(16, 16).toImage() != host_icon(False, *state).pixmap(16, 16).toImage()
