"""Machines that are dragged from the list and dropped on a host: the Move Wizard opens with that destination."""

from __future__ import annotations

from core.estate.connection import HostKey
from core.estate.estate import Estate
from core.language import _
from core.moving.rating import Fit
from core.wizards.move import MoveWizard
from core.wizards.move_choices import MoveChoices
from gui.main_window import MainWindow
from gui.move_wizards import MoveWizards


class MachineDrop:
    """Says while machines are dragged what keeps them from a host, and opens a wizard when they are dropped."""

    def __init__(self, estate: Estate, window: MainWindow, wizards: MoveWizards) -> None:
        self._estate = estate
        self._window = window
        self._wizards = wizards
        window.tree.machines_over.connect(self.judge)
        window.tree.machines_dropped.connect(self.drop)

    def judge(self, over: HostKey | None) -> None:
        """Say in the status bar what dropping here would do, or why it cannot be."""
        fault = self.fault(over)
        self._window.tree.judge(fits=not fault)
        if fault or over is None:
            self._window.say(fault)
        else:
            self._window.say(_("Let go to move to {host}...").format(host=over.name))

    def fault(self, over: HostKey | None) -> str:
        """Why the selected machines cannot be moved to a host; empty where nothing is known against it."""
        source = self._window.host
        if over is None:
            return _("Drop virtual machines on a host.")
        if source is None:
            return _("The selected virtual machines are on several hosts.")
        if over == source.key:
            return _("The virtual machines are on {host} already.").format(host=over.name)
        if over.group != source.key.group:
            return _("Practice hosts and real ones do not mix.")
        move = self._window.actions_offered.move_machine
        if not move.isEnabled():
            return move.statusTip() or _("The selected virtual machines cannot be moved now.")
        picture = self._estate.picture(over)
        for machine in self._window.machines:
            rating = MoveWizard(self._estate, source.key, machine).rating(picture)
            # Several are moved live; a single one may go another way.
            if rating.fit is Fit.UNFIT or (len(self._window.machines) > 1 and rating.is_no_live_move):
                return next((problem.what for problem in rating.problems), rating.words)
        return ""

    def drop(self, over: HostKey) -> None:
        """Open the Move Wizard for the selected machines, with ``over`` as their destination."""
        source, machines = self._window.host, self._window.machines
        if source is None or self.fault(over):
            return
        if len(machines) > 1:
            self._wizards.open_for_many(source.key, machines, over.name)
        else:
            self._wizards.open(source.key, machines[0], MoveChoices(destination=over.name))
