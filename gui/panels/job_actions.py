"""What a job offers, as actions: those at hand are buttons of its row, the others are in a menu."""

from __future__ import annotations

from collections.abc import Callable, Collection

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QPushButton, QSizePolicy, QWidget

from core.jobs.status import Offer
from core.language import _

AT_HAND = (
    *(Offer.PAUSE, Offer.GO_ON, Offer.CANCEL, Offer.STOP_ASKING, Offer.ASK_AGAIN),
    *(Offer.RELEASE, Offer.RESUME, Offer.CLEAN_UP, Offer.DISMISS),
)
"""What has a button of its own, from left to right; everything else an offer can be is in the menu."""
IN_MENU = (Offer.HOLD, Offer.START_AT, Offer.MOVE_UP, Offer.MOVE_DOWN, Offer.UNDO)


class JobActions(QObject):
    """The actions of one row, ``row``; ``ask`` is called with what the user chooses."""

    def __init__(self, row: QWidget, ask: Callable[[Offer], None]) -> None:
        super().__init__(row)
        self.actions: dict[Offer, QAction] = {}
        for offer in (*AT_HAND, *IN_MENU):
            action = QAction(_menu_text(offer), row)
            action.setObjectName(f"job_{offer.name.lower()}")
            action.setVisible(False)
            action.triggered.connect(lambda _checked=False, offer=offer: ask(offer))
            self.actions[offer] = action
        for offer, keys in _KEYS.items():
            self.actions[offer].setShortcut(QKeySequence(keys))
            self.actions[offer].setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            # A context menu names no keys; the buttons and the menu of the row do.
            self.actions[offer].setShortcutVisibleInContextMenu(False)
            row.addAction(self.actions[offer])
        self.buttons = {offer: _button(self.actions[offer]) for offer in AT_HAND}
        self.more = QPushButton(_("More"))
        self.more.setObjectName("job_more")
        self.more.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._menu = QMenu(self.more)
        self._menu.addActions([self.actions[offer] for offer in IN_MENU])
        self.more.setMenu(self._menu)
        self._offered: Collection[Offer] = ()
        self._pending: Offer | None = None
        self._name = ""

    def offer(self, offers: Collection[Offer], job: str) -> None:
        """Offer exactly ``offers`` of the job called ``job``."""
        self._offered, self._name = offers, job
        if self._pending not in offers:
            self._pending = None
        self._show()

    def set_pending(self, offer: Offer | None) -> None:
        """``offer`` has been asked for and not been answered: until then, or until it is gone, nothing else can be."""
        self._pending = offer
        self._show()

    def add_to(self, menu: QMenu) -> None:
        """Put everything that is offered into a context menu."""
        menu.addActions([self.actions[offer] for offer in (*AT_HAND, *IN_MENU) if offer in self._offered])

    def _show(self) -> None:
        for offer, action in self.actions.items():
            action.setVisible(offer in self._offered)
            action.setEnabled(offer in self._offered and self._pending is None)
        for offer, button in self.buttons.items():
            is_pending = offer is self._pending
            button.setText(_pending_text(offer) if is_pending else _button_text(offer))
            button.setAccessibleName(_spoken(offer).format(job=self._name))
            button.setEnabled(self._pending is None)
            button.setVisible(offer in self._offered)
        self.more.setAccessibleName(_("More that can be done with {job}").format(job=self._name))
        self.more.setEnabled(self._pending is None)
        self.more.setVisible(any(offer in self._offered for offer in IN_MENU))


_KEYS = {Offer.MOVE_UP: "Alt+Up", Offer.MOVE_DOWN: "Alt+Down", Offer.DISMISS: "Del"}


def _button(action: QAction) -> QPushButton:
    button = QPushButton()
    button.setObjectName(action.objectName())
    button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    button.setAutoDefault(False)
    if not action.shortcut().isEmpty():
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        button.setToolTip(_("Press {keys} where the job has the focus.").format(keys=keys))
    button.clicked.connect(action.trigger)
    return button


def _menu_text(offer: Offer) -> str:
    """The text of an action. The access keys are unique in the menu of everything."""
    return {
        Offer.PAUSE: _("&Pause"),
        Offer.GO_ON: _("&Go On"),
        Offer.CANCEL: _("&Cancel"),
        Offer.STOP_ASKING: _("&Stop Asking"),
        Offer.ASK_AGAIN: _("As&k Again"),
        Offer.HOLD: _("&Hold"),
        Offer.RELEASE: _("&Release"),
        Offer.START_AT: _("Start &at..."),
        Offer.MOVE_UP: _("Move &Up"),
        Offer.MOVE_DOWN: _("Move &Down"),
        Offer.RESUME: _("R&esume"),
        Offer.UNDO: _("U&ndo..."),
        Offer.CLEAN_UP: _("C&lean Up..."),
        Offer.DISMISS: _("D&ismiss"),
    }[offer]


def _button_text(offer: Offer) -> str:
    """The same without access key: there is a row of such buttons for every job."""
    return _menu_text(offer).replace("&", "")


def _pending_text(offer: Offer) -> str:
    if offer is Offer.CANCEL:
        return _("Cancelling...")
    return _("Asking...")


def _spoken(offer: Offer) -> str:
    """What a screen reader says of the button, with a place for the name of the job."""
    return {
        Offer.PAUSE: _("Pause {job}"),
        Offer.GO_ON: _("Let {job} go on"),
        Offer.CANCEL: _("Cancel {job}"),
        Offer.STOP_ASKING: _("Stop asking for the outcome of {job}"),
        Offer.ASK_AGAIN: _("Ask once more for the outcome of {job}"),
        Offer.RELEASE: _("Release {job}"),
        Offer.RESUME: _("Resume {job}"),
        Offer.CLEAN_UP: _("Clean up what {job} left behind"),
        Offer.DISMISS: _("Dismiss {job}"),
    }[offer]
