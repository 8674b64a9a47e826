"""What may be wrong with a window: names for screen readers, access keys, clipped texts, overlaps, the order of Tab."""

from __future__ import annotations

import collections
import itertools
import re
from collections.abc import Iterator

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface, QFontMetrics
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QComboBox,
    QHeaderView,
    QLabel,
    QMenuBar,
    QTabBar,
    QWidget,
)

HEADING_PADDING = 13
"""Pixels beside the text of a heading, by gui/style.py."""
NAMED_ROLES = {
    QAccessible.Role.PushButton,
    QAccessible.Role.RadioButton,
    QAccessible.Role.CheckBox,
    QAccessible.Role.ComboBox,
    QAccessible.Role.EditableText,
    QAccessible.Role.SpinBox,
    QAccessible.Role.List,
    QAccessible.Role.Tree,
    QAccessible.Role.Table,
    QAccessible.Role.ProgressBar,
    QAccessible.Role.PageTab,
    QAccessible.Role.ButtonMenu,
}


def faults(window: QWidget) -> Iterator[str]:
    """Everything that is wrong with ``window`` as it is shown."""
    # What has just been shown or hidden is laid out when nothing else is to do, and drawn then.
    for _layout_within_layout in range(3):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
    window.grab()
    for kind, found in (
        ("no name", nameless(window)),
        ("access key twice", shared_access_keys(window)),
        ("clipped", clipped(window)),
        ("overlap", overlapping(window)),
        ("order of Tab", out_of_order(window)),
        ("may be taken for markup", marked_up(window)),
    ):
        yield from (f"{kind}: {what}" for what in found)


def marked_up(window: QWidget) -> Iterator[str]:
    """Labels that would show a name with angle brackets as something else."""
    for label in window.findChildren(QLabel):
        if label.isVisible() and label.textFormat() is not Qt.TextFormat.PlainText:
            yield label.text()


def named(window: QWidget) -> list[QAccessibleInterface]:
    """The controls that a screen reader has to have a name for."""
    known = accessible(QAccessible.queryAccessibleInterface(window))
    return [each for each in known if each.role() in NAMED_ROLES and not each.state().invisible]


def nameless(window: QWidget) -> Iterator[str]:
    for each in named(window):
        if not each.text(QAccessible.Text.Name).strip():
            yield f"{each.role()} {each.object()}"


def accessible(root: QAccessibleInterface) -> Iterator[QAccessibleInterface]:
    yield root
    for number in range(root.childCount()):
        child = root.child(number)
        if child is not None and child.isValid():
            yield from accessible(child)


def visible(root: QWidget) -> list[QWidget]:
    return [each for each in (root, *root.findChildren(QWidget)) if each.isVisible()]


def shared_access_keys(window: QWidget) -> Iterator[str]:
    """Keys of two controls of the window, or of two entries of one menu."""
    controls = [
        each.text()
        for each in visible(window)
        if isinstance(each, QAbstractButton) or (isinstance(each, QLabel) and each.buddy())
    ]
    bar = window.findChild(QMenuBar)
    menus = [[action.text() for action in menu.actions() if action.isVisible()] for menu in _menus(bar)]
    if bar is not None:
        controls += [action.text() for action in bar.actions()]
    for texts in (controls, *menus):
        keys = collections.Counter(key for text in texts for key in access_keys(text))
        yield from (f"{key} of {sorted(texts)}" for key, count in keys.items() if count > 1)


def _menus(bar: QMenuBar | None) -> list[QWidget]:
    if bar is None:
        return []
    return [menu for action in bar.actions() if isinstance(menu := action.menu(), QWidget)]


def access_keys(text: str) -> list[str]:
    return [key.lower() for key in re.findall(r"&([^&\s])", text.replace("&&", ""))]


def clipped(window: QWidget) -> Iterator[str]:
    for each in visible(window):
        if isinstance(each, QLabel) and each.text():
            room = each.contentsRect().size()
            metrics = QFontMetrics(each.font())
            needed = each.heightForWidth(each.width()) if each.wordWrap() else each.sizeHint().height()
            if needed > each.height():
                yield f"{each.text()!r} needs {needed} of {each.height()} pixels height"
            elif not each.wordWrap() and metrics.horizontalAdvance(each.text().replace("&", "")) > room.width():
                yield f"{each.text()!r} needs more than {room.width()} pixels width"
        elif isinstance(each, QAbstractButton) and each.text():
            wanted = each.minimumSizeHint()
            if wanted.width() > each.width() or wanted.height() > each.height():
                yield f"{each.text()!r}: {each.size()} of {wanted}"
            elif 0 < seen(each, window).width() < each.width():
                yield f"{each.text()!r} goes on beyond its frame"
        elif isinstance(each, QHeaderView) and each.orientation() is Qt.Orientation.Horizontal:
            for number in range(each.count() if each.model() else 0):
                heading = str(each.model().headerData(number, Qt.Orientation.Horizontal) or "")
                needed = each.fontMetrics().horizontalAdvance(heading) + HEADING_PADDING
                if 0 < each.sectionSize(number) < needed:
                    yield f"heading {heading!r}: {each.sectionSize(number)} of {needed} pixels"
        elif isinstance(each, QTabBar) and each.sizeHint().width() > each.width():
            yield f"tabs {[each.tabText(number) for number in range(each.count())]}: {each.width()} pixels"
        elif isinstance(each, QComboBox) and not each.isEditable():
            metrics = QFontMetrics(each.font())
            # What a combo box of this style has beside its text.
            if metrics.horizontalAdvance(each.currentText()) + 24 > each.width():
                yield f"{each.currentText()!r} needs more than {each.width()} pixels width"


def seen(each: QWidget, window: QWidget) -> QRect:
    """Where a control is seen in its window: of what is scrolled, only the part within the frame."""
    place = QRect(each.mapTo(window, QPoint(0, 0)), each.size())
    around = each.parentWidget()
    while around is not None and around is not window:
        frame = around.parentWidget()
        if isinstance(frame, QAbstractScrollArea) and frame.viewport() is around:
            place &= QRect(around.mapTo(window, QPoint(0, 0)), around.size())
        around = frame
    return place


def overlapping(window: QWidget) -> Iterator[str]:
    shown = [
        each
        for each in visible(window)
        if isinstance(each, QLabel | QAbstractButton | QComboBox) and not isinstance(each.parent(), QComboBox)
    ]
    places = [(each, place) for each in shown if each is not window and not (place := seen(each, window)).isEmpty()]
    for number, (one, place) in enumerate(places):
        for other, other_place in places[number + 1 :]:
            is_within = one.isAncestorOf(other) or other.isAncestorOf(one)
            if not is_within and place.intersects(other_place):
                yield f"{one.objectName() or one} and {other.objectName() or other}"


def tab_chain(window: QWidget) -> list[QWidget]:
    """What Tab stops at, in its order, of what is seen."""
    chain: list[QWidget] = []
    each = window.nextInFocusChain()
    while each is not window:
        stops = bool(each.focusPolicy().value & Qt.FocusPolicy.TabFocus.value)
        if (
            stops
            and each.isVisibleTo(window)
            and each.isEnabled()
            and each.focusProxy() is None
            and window.isAncestorOf(each)
        ):
            within = isinstance(each.parent(), QComboBox | QAbstractSpinBox) or isinstance(each, QHeaderView)
            if not within and not seen(each, window).isEmpty() and each.window() is window:
                chain.append(each)
        each = each.nextInFocusChain()
    return chain


def out_of_order(window: QWidget) -> Iterator[str]:
    """Neighbours in the order of Tab of which the later one stands before the earlier one, as one reads.

    Panes beside each other are read one after the other, so only what stands in one column is compared: something that
    is wholly above another and shares a column with it comes first, and of two in one line the left one.
    """
    chain = [(each, seen(each, window)) for each in tab_chain(window)]
    for (one, place), (other, next_place) in itertools.pairwise(chain):
        shares_column = place.left() <= next_place.right() and next_place.left() <= place.right()
        shares_line = place.top() <= next_place.center().y() <= place.bottom()
        is_above = next_place.bottom() < place.top() and shares_column
        is_left = shares_line and next_place.right() < place.left() and one.parentWidget() is other.parentWidget()
        if is_above or is_left:
            yield f"{one.objectName() or one} before {other.objectName() or other}"
