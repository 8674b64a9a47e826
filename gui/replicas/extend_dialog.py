"""Extend Replication: a replica is replicated on to a third host, filled with what the first leg has."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QCheckBox, QSpinBox, QWidget

from core.failover.extension import MOST_POINTS, Extension, extension_plan, frequencies, problems, proposed
from core.failover.link import Link
from core.failover.prerequisites import connection_refusal
from core.jobs.plan import Plan
from core.language import _
from core.replicas.side import Side
from core.wizards.wizard import Problem
from gui.form import add_row, form_layout
from gui.replicas.action_dialog import ActionDialog
from gui.replicas.link_form import LinkForm
from gui.replicas.settings_dialog import frequency_box
from gui.replicas.workbench import Workbench


class ExtendDialog(ActionDialog):
    """``receiver`` is the replica that is to be replicated on."""

    def __init__(self, receiver: Side, bench: Workbench, parent: QWidget) -> None:
        names = {"machine": receiver.row.machine_name, "host": receiver.host.name}
        super().__init__(
            "extend_replication",
            _("Extend Replication"),
            _("To which third host does {host} replicate {machine} on?").format(**names),
            _("E&xtend"),
            bench,
            parent,
        )
        self.mark_practice(is_practice=bench.is_practice(receiver.host))
        self.resize(560, 460)
        self._receiver = receiver
        self._is_tried = False
        self._refused: tuple[Link, str] | None = None
        kind = receiver.row.authentication_type or 1
        link = Link("", receiver.row.replica_server_port or 80, kind, receiver.row.certificate_thumbprint or "")
        start = proposed(receiver, link)
        self.link = LinkForm()
        self.link.show_link(link)
        self.link.changed.connect(self._link_changed)
        self.frequency = frequency_box(frequencies(receiver), start.frequency)
        self.frequency.currentIndexChanged.connect(lambda _index: self.changed())
        self.history = QSpinBox()
        self.history.setObjectName("history")
        self.history.setAccessibleName(_("Additional recovery points"))
        self.history.setRange(0, MOST_POINTS)
        self.history.setValue(start.history)
        self.history.valueChanged.connect(lambda _value: self.changed())
        self.compresses = _tick("compresses", _("&Compress the data that is transmitted over the network"))
        self.compresses.setChecked(start.compresses)
        self.resynchronizes = _tick("resynchronizes", _("Resynchronize by &itself when that is needed"))
        self.resynchronizes.setChecked(start.resynchronizes)
        self.starts = _tick("starts", _("Start the initial replication &now"))
        self.starts.setChecked(True)
        for box in (self.compresses, self.resynchronizes, self.starts):
            box.toggled.connect(lambda _is_on: self.changed())
        self.body.addWidget(self.link)
        rest = QWidget()
        form = form_layout()
        form.setContentsMargins(0, 0, 0, 0)
        rest.setLayout(form)
        add_row(form, _("Fre&quency:"), self.frequency)
        add_row(form, _("&Additional recovery points:"), self.history)
        for widget in (rest, self.compresses, self.resynchronizes, self.starts):
            self.body.addWidget(widget)
        self.body.addStretch()
        self.load()

    @property
    def chosen(self) -> Extension:
        """What is chosen."""
        return Extension(
            self._receiver,
            self.link.link,
            int(self.frequency.currentData()),
            self.history.value(),
            self.compresses.isChecked(),
            self.resynchronizes.isChecked(),
            self.starts.isChecked(),
        )

    def problems(self) -> Sequence[Problem]:
        """What is wrong with what is chosen, once it was tried, and that the third host refused the connection."""
        link = self.link.link
        if self._refused is not None and self._refused[0] == link:
            cure = _("Configure the Replica server and its firewall rules, or choose another one.")
            return (Problem("server", self._refused[1], cure),)
        return tuple(problems(self.chosen)) if self._is_tried else ()

    def plans(self) -> Sequence[Plan]:
        """One job on the host of the replica."""
        return (extension_plan(self.chosen),)

    def carry_out(self) -> None:
        """Extend it, unless something is wrong with what is chosen."""
        self._is_tried = True
        super().carry_out()

    async def is_refused(self) -> bool:
        """Try the connection to the third host: a relationship that cannot send is not worth to be made."""
        link = self.link.link
        refusal = await connection_refusal(self.bench.estate, self._receiver.host, link)
        self._refused = (link, refusal) if refusal is not None else None
        return refusal is not None

    def _link_changed(self) -> None:
        self._is_tried = False
        self.changed()


def _tick(name: str, text: str) -> QCheckBox:
    box = QCheckBox(text)
    box.setObjectName(name)
    return box
