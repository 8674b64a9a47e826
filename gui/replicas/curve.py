"""Small curves over time: in a cell of a table, and with their highest value in words beside a title."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from core.language import _
from gui import theme
from gui.plain_text import tip

Points = Sequence[tuple[float, float]]
"""Moments in seconds, the oldest first, each with a value."""
CURVE = Qt.ItemDataRole.UserRole + 1
"""The role under which a model tells the points of a cell."""
LONGEST_GAP = 1200.0
"""Seconds between two points over which no line is drawn: in between nobody looked."""


def draw_curve(painter: QPainter, frame: QRect, points: Points, colour: QColor) -> None:
    """Draw ``points`` into ``frame``, from nothing at its bottom to their highest value at its top."""
    if not points:
        return
    first, last = points[0][0], points[-1][0]
    span = max(last - first, 1.0)
    highest = max(value for _moment, value in points) or 1.0
    area = QRectF(frame).adjusted(2, 2, -2, -2)

    def place(moment: float, value: float) -> QPointF:
        return QPointF(
            area.left() + area.width() * (moment - first) / span, area.bottom() - area.height() * value / highest
        )

    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour, 1.4))
    run = QPolygonF()
    before = first
    for moment, value in points:
        if moment - before > LONGEST_GAP:
            painter.drawPolyline(run)
            run = QPolygonF()
        run.append(place(moment, value))
        before = moment
    painter.drawPolyline(run)
    painter.setBrush(colour)
    painter.drawEllipse(place(*points[-1]), 1.8, 1.8)
    painter.restore()


class CurveDelegate(QStyledItemDelegate):
    """Draws the curve of a cell beside nothing else."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw the cell as any other, and the curve over it."""
        super().paint(painter, option, index)
        points = index.data(CURVE)
        if points:
            draw_curve(painter, option.rect, points, QColor(theme.colours().progress))  # type: ignore[attr-defined]


class Curve(QWidget):
    """A curve under its title, with its highest value; ``text`` says a value in words."""

    def __init__(self, name: str, title: str, text: Callable[[float], str]) -> None:
        super().__init__()
        self.setObjectName(name)
        self._title = title
        self._text = text
        self._points: Points = ()
        self.setMinimumSize(QSize(150, 64))
        self.show_points(())

    def show_points(self, points: Points) -> None:
        """Show these in place of the former ones."""
        self._points = points
        self.setAccessibleName(f"{self._title} {self.words}")
        self.setToolTip(tip(self.words))
        self.update()

    @property
    def words(self) -> str:
        """The curve for those who do not see it."""
        if not self._points:
            return _("Nothing was seen so far.")
        values = [value for _moment, value in self._points]
        text = _("Now {now}, at most {most}.")
        return text.format(now=self._text(values[-1]), most=self._text(max(values)))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it in the colours of now."""
        super().paintEvent(event)
        painter = QPainter(self)
        colours = theme.colours()
        line = self.fontMetrics().height()
        painter.setPen(QColor(colours.text))
        painter.drawText(QRect(0, 0, self.width(), line), Qt.AlignmentFlag.AlignLeft, self._title)
        painter.setPen(QColor(colours.subtle_text))
        painter.drawText(QRect(0, line, self.width(), line), Qt.AlignmentFlag.AlignLeft, self.words)
        frame = QRect(0, 2 * line + 2, self.width(), self.height() - 2 * line - 3)
        painter.fillRect(frame, QColor(colours.surface))
        draw_curve(painter, frame, self._points, QColor(colours.progress))
        painter.end()
