"""Carries out what the user asks of a checkpoint."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from uuid import UUID

from PySide6.QtWidgets import QDialog

from core.estate.estate import Estate
from core.hyperv.records import Checkpoint
from core.jobs.plan import Plan
from core.language import _
from core.operating import checkpoints
from core.operating.identity import name_fault
from core.operating.questions import before_applying, before_deleting
from core.operating.subject import Subject
from gui.machines.commands import MachineCommands
from gui.machines.confirmation import Confirmation
from gui.machines.name_dialog import LineTexts, NameDialog
from gui.main_window import MainWindow
from gui.wizards.fix_dialog import script_of


class CheckpointCommands:
    """Asks before, and lets ``commands`` start the jobs."""

    def __init__(
        self,
        estate: Estate,
        window: MainWindow,
        commands: MachineCommands,
        open_dialog: Callable[[QDialog], None],
    ) -> None:
        self._estate = estate
        self._window = window
        self._commands = commands
        self._open_dialog = open_dialog
        window.details.checkpoints.asked.connect(self.ask)

    def ask(self, action: str, checkpoint_id: UUID) -> None:
        """Do something with a checkpoint of the machine whose details are shown."""
        subject = next(iter(self._window.subjects), None)
        known = subject.checkpoints if subject is not None else ()
        checkpoint = next((each for each in known if each.checkpoint_id == checkpoint_id), None)
        if subject is None or checkpoint is None or subject.obstacle:
            return
        match action:
            case "apply_checkpoint":
                self._ask_to_apply(subject, checkpoint)
            case "export_checkpoint":
                self._commands.ask_export((subject,), checkpoint)
            case "rename_checkpoint":
                self._ask_name(subject, checkpoint)
            case "delete_checkpoint" | "delete_subtree":
                self._ask_to_delete(subject, checkpoint, with_subtree=action == "delete_subtree")

    def _ask_to_apply(self, subject: Subject, checkpoint: Checkpoint) -> None:
        name = checkpoints.new_name(subject.machine.name, datetime.datetime.now())
        plans = {
            "create_and_apply": checkpoints.apply(subject, checkpoint, first=name),
            "apply": checkpoints.apply(subject, checkpoint),
        }
        script = "\n".join(
            (
                "# " + _("Create Checkpoint and Apply"),
                script_of(plans["create_and_apply"]),
                "# " + _("Apply"),
                script_of(plans["apply"]),
            )
        )
        dialog = Confirmation(
            before_applying(subject, checkpoint),
            script,
            answers=(("create_and_apply", _("&Create Checkpoint and Apply")), ("apply", _("&Apply"))),
            is_practice=self._is_practice(subject),
            parent=self._window,
        )
        dialog.answered.connect(lambda answer: self._commands.start([plans[answer]]))
        self._open_dialog(dialog)

    def _ask_to_delete(self, subject: Subject, checkpoint: Checkpoint, *, with_subtree: bool) -> None:
        plan: Plan = checkpoints.delete(subject, checkpoint, with_subtree=with_subtree)
        dialog = Confirmation(
            before_deleting(subject, checkpoint, with_subtree=with_subtree),
            script_of(plan),
            is_practice=self._is_practice(subject),
            parent=self._window,
        )
        dialog.accepted.connect(lambda: self._commands.start([plan]))
        self._open_dialog(dialog)

    def _ask_name(self, subject: Subject, checkpoint: Checkpoint) -> None:
        what = _("Rename the checkpoint {checkpoint} of {machine}.")
        texts = LineTexts(
            _("Rename Checkpoint"),
            what.format(checkpoint=checkpoint.name, machine=subject.machine.name),
            _("&New name:"),
            _("&Rename"),
            _("Type another name."),
        )
        taken = [each.name for each in subject.checkpoints]
        dialog = NameDialog(texts, checkpoint.name, lambda name: name_fault(name, taken), self._window)
        dialog.chosen.connect(lambda name: self._commands.start([checkpoints.rename(subject, checkpoint, name)]))
        self._open_dialog(dialog)

    def _is_practice(self, subject: Subject) -> bool:
        return self._estate.picture(subject.host).connection.is_practice
