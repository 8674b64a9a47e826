"""The order of Tab where parts come and go: a new control is last in it, wherever it stands."""

from __future__ import annotations

import itertools

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def put_last(window: QWidget, *parts: QWidget) -> None:
    """Let Tab reach ``parts``, with what they hold, after everything else in ``window``, one after the other."""
    chain = [each for each in _chain(window) if each.focusPolicy() is not Qt.FocusPolicy.NoFocus]
    parted = [[each for each in chain if each is part or part.isAncestorOf(each)] for part in parts]
    moved = [each for part in parted for each in part]
    rest = [each for each in chain if each not in moved]
    for one, other in zip([*rest[-1:], *moved], moved, strict=False):
        QWidget.setTabOrder(one, other)


def put_in_order(window: QWidget, *parts: QWidget) -> None:
    """Let Tab go through ``parts``, with what they hold, in this order; the first of them is where it begins already.

    Qt takes what follows the window itself for what follows the last control, and leaves it there: so nothing that is
    first may be put last on the way.
    """
    chain = [each for each in _chain(window) if each.focusPolicy() is not Qt.FocusPolicy.NoFocus]
    ordered = [each for part in parts for each in chain if each is part or part.isAncestorOf(each)]
    for one, other in itertools.pairwise(ordered):
        QWidget.setTabOrder(one, other)


def _chain(window: QWidget) -> list[QWidget]:
    chain = []
    each = window.nextInFocusChain()
    while each is not window:
        chain.append(each)
        each = each.nextInFocusChain()
    return chain
