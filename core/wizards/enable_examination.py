"""What is wrong with the choices of an Enable Replication Wizard: told at once, or after asking the hosts."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import TYPE_CHECKING

from core.clusters.moving import gone_problem
from core.estate.estate import Picture
from core.hyperv.query import UnexpectedAnswer
from core.language import _
from core.moving.rating import CREDENTIALS, failure_problem
from core.remoting.errors import RemotingError, SignInRefused
from core.replication.addresses import Family, block_faults
from core.replication.checks.case import COPY, SERVER
from core.replication.checks.configured import not_enabled
from core.replication.checks.examination import Examination, examine
from core.replication.protection import CopyMethod
from core.replication.rules import (
    connection_problems,
    copy_problems,
    disks_problems,
    frequency_problems,
    points_problems,
    server_problems,
)
from core.wizards.enable_choices import Side
from core.wizards.wizard import Problem, Step, obstacles

if TYPE_CHECKING:
    from core.wizards.enable_replication import EnableWizard


class EnableExamination:
    """Looks at the choices of ``wizard``, step by step."""

    def __init__(self, wizard: EnableWizard) -> None:
        self._wizard = wizard

    def at_once(self, step: Step) -> tuple[Problem, ...]:
        """What can be told without asking anyone."""
        wizard, choices = self._wizard, self._wizard.choices
        match step.page:
            case wizard.SERVER:
                return tuple(self._server_typed())
            case wizard.CONNECTION:
                return tuple(connection_problems(choices.port, choices.authentication, choices.thumbprint))
            case wizard.DISKS:
                chosen = sum(wizard.is_chosen(drive) for drive in wizard.drives)
                return tuple(disks_problems(chosen, wizard.machine.name))
            case wizard.FREQUENCY:
                return tuple(frequency_problems(choices.frequency, wizard.frequencies))
            case wizard.POINTS:
                return tuple(points_problems(choices.points, wizard.most_points))
            case wizard.COPY:
                return tuple(self._copy_typed())
            case wizard.ADDRESSES:
                return tuple(self._addresses_typed(step))
            case wizard.SUMMARY:
                return self._everything_at_once()
        return ()

    async def asked(self, step: Step) -> tuple[Problem, ...]:
        """What is wrong after asking the hosts that have to be asked."""
        wizard = self._wizard
        if found := obstacles(self.at_once(step)):
            return found
        match step.page:
            case wizard.SERVER:
                return await self._ask_server()
            case wizard.CONNECTION if not wizard.IS_NEW:
                return obstacles(await self.tested()) or await self._read_disks()
            case wizard.CONNECTION:
                return await self.tested()
            case wizard.DISKS:
                return await self._read_disks()
            case wizard.SUMMARY:
                return await self._ask_everything()
        return ()

    async def tested(self) -> tuple[Problem, ...]:
        """What keeps the primary from the Replica server."""
        choices = self._wizard.choices
        if found := tuple(connection_problems(choices.port, choices.authentication, choices.thumbprint)):
            return found
        examination, found = await self._examine()
        return examination.of_the_way if examination is not None else found

    def _server_typed(self) -> Iterator[Problem]:
        wizard = self._wizard
        found = tuple(server_problems(wizard.choices.server))
        yield from found or wizard.server_faults()

    def _copy_typed(self) -> Iterator[Problem]:
        wizard = self._wizard
        inventory = wizard.primary_inventory
        drives = [volume.drive_letter for volume in inventory.volumes if volume.drive_letter] if inventory else []
        yield from copy_problems(wizard.choices.copy, wizard.primary.name, wizard.now, drives)
        if wizard.choices.method is CopyMethod.EXISTING and wizard.protection().replica is None:
            what = _("{server} is not managed here, so that its virtual machine cannot be made the replica.")
            cure = _("Connect to the host that has the machine, or choose another method.")
            yield Problem(COPY, what.format(server=wizard.choices.server.strip()), cure)

    def _addresses_typed(self, step: Step) -> Iterator[Problem]:
        found = self._wizard.adapter(step)
        for side in Side if found is not None else ():
            assert found is not None
            addresses = self._wizard.addresses(found[0], side)
            for family in Family:
                for fault in block_faults(addresses.block(family), family):
                    yield Problem(f"{side.value} {family.value} {fault.field}", fault.what, fault.cure)

    def _everything_at_once(self) -> tuple[Problem, ...]:
        """What can be told of any step, the first one first."""
        for step in self._wizard.steps():
            if step.page != self._wizard.SUMMARY and (found := self.at_once(step)):
                return found
        return ()

    async def _ask_server(self) -> tuple[Problem, ...]:
        wizard = self._wizard
        primary, picture = await wizard.estate.refresh(wizard.primary), await wizard.reach_server()
        if primary.failure is not None:
            return (failure_problem(SERVER, primary.failure),)
        if problem := await self._take_machine(primary):
            return (problem,)
        if picture is None or picture.failure is not None:
            return self._not_reached(picture)
        wizard.choices.server = picture.key.name
        if found := tuple(self._server_typed()):
            return found
        try:
            server = await wizard.read_replica_server(picture.key)
        except RemotingError as error:
            return (failure_problem(SERVER, error),)
        except UnexpectedAnswer as error:
            return (self._unreadable(picture.key.name, error),)
        if (disabled := not_enabled(server)) is not None:
            wizard.server = server
            return (disabled,)
        if found := await wizard.broker.take(picture, server):
            return found
        wizard.take_server(server)
        return ()

    def _not_reached(self, picture: Picture | None) -> tuple[Problem, ...]:
        """Only the primary has to reach the Replica server; credentials that are refused can be given."""
        self._wizard.take_server(None)
        if picture is not None and isinstance(picture.failure, SignInRefused):
            return (failure_problem(CREDENTIALS, picture.failure),)
        return ()

    async def _read_disks(self) -> tuple[Problem, ...]:
        try:
            await self._wizard.read_disks()
        except RemotingError as error:
            return (failure_problem("disks", error),)
        except UnexpectedAnswer as error:
            return (self._unreadable(self._wizard.primary.name, error),)
        return obstacles(self.at_once(Step(self._wizard.DISKS, "", "")))

    async def _ask_everything(self) -> tuple[Problem, ...]:
        wizard = self._wizard
        wizard.checks = ()
        found = obstacles(await self._ask_server()) or await self._read_disks()
        found = obstacles(found) or obstacles(self._everything_at_once())
        if found:
            return found
        examination, found = await self._examine()
        if examination is None:
            return found
        wizard.checks = examination.passed
        return examination.problems

    async def _examine(self) -> tuple[Examination | None, tuple[Problem, ...]]:
        """What the checks say, or why they could not be made."""
        wizard = self._wizard
        protection = wizard.protection()
        key = protection.replica or wizard.broker.node
        try:
            examination = await examine(
                protection,
                wizard.primary_picture,
                wizard.estate.picture(key) if key is not None else None,
                wizard.ask_primary,
                functools.partial(wizard.estate.ask, key) if key is not None else None,
                wizard.others,
                wizard.CHECKS,
            )
        except RemotingError as error:
            return None, (failure_problem(SERVER, error),)
        except UnexpectedAnswer as error:
            return None, (self._unreadable(wizard.primary.name, error),)
        wizard.rates = examination.rates
        return examination, ()

    async def _take_machine(self, picture: Picture) -> Problem | None:
        """Go on with the machine as its host has just told of it; a problem when it is there no more."""
        wizard = self._wizard
        if picture.inventory is None or wizard.take_machine(picture.inventory):
            return None
        return await gone_problem(wizard.estate, wizard.machine, picture.key)

    def _unreadable(self, host: str, error: UnexpectedAnswer) -> Problem:
        what = _("{host} gave an unexpected answer.").format(host=host) + f" {error}"
        return Problem(SERVER, what, _("Try again; if it stays so, check the Hyper-V module on the host."))
