"""A recovery plan as a file: JSON that people can read, compare and keep under version control.

It says which machines fail over in which order, and what is looked at in between. Nothing in it runs: no scripts, no
commands, no addresses. What is not known is refused, so that a mistyped word never counts as left out.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from uuid import UUID

import msgspec

from core.kept_file import Schema, Unreadable
from core.language import _
from core.wizards.wizard import Problem

MOST_MACHINES = 1000
LONGEST_DELAY = 24 * 3600
LARGEST_FILE = 4 << 20
"""Bytes beyond which a file is no recovery plan."""


class Member(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A machine of a plan: its ID counts, its name and hosts are for people, and for finding it.

    ``test_switch`` is the switch of the replica's host that a test connects it to; empty: to none.
    """

    machine_id: UUID
    name: str
    primary: str
    replica: str
    starts: bool = True
    test_switch: str = ""


class Group(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Machines that fail over together, and what follows before the next group.

    ``message`` is shown before the group; with ``asks`` somebody has to answer it first. All machines that start have
    to run within ``running_within`` seconds, and their guests to answer within ``heartbeat_within`` (0: not looked at).
    ``delay`` are seconds to wait afterwards.
    """

    name: str
    members: tuple[Member, ...]
    message: str = ""
    asks: bool = False
    running_within: int = 120
    heartbeat_within: int = 0
    delay: int = 0


class RecoveryPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Groups in the order in which they fail over. ``estate`` is the group of hosts that all of it is about."""

    name: str
    estate: str
    groups: tuple[Group, ...]
    notes: str = ""

    @property
    def members(self) -> tuple[Member, ...]:
        """All machines, in order."""
        return tuple(member for group in self.groups for member in group.members)

    @property
    def fingerprint(self) -> str:
        """Tells whether a plan is still the one that was tested."""
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()


_SCHEMA = Schema(RecoveryPlan)


def as_file(plan: RecoveryPlan) -> bytes:
    """The plan as its file holds it."""
    return _SCHEMA.encoded(plan)


def from_file(content: bytes) -> RecoveryPlan:
    """The plan that a file holds. Raises Unreadable, with what is wrong in sentences."""
    if len(content) > LARGEST_FILE:
        raise Unreadable(_("It is too large for a recovery plan."))
    plan = _SCHEMA.decoded(content)
    wrong = [problem.what for problem in problems(plan)]
    if wrong:
        raise Unreadable(" ".join(wrong))
    return plan


def problems(plan: RecoveryPlan) -> Iterator[Problem]:
    """What is wrong with a plan by itself, whatever the hosts say."""
    if not plan.name.strip() or not plan.name.isprintable():
        yield Problem("name", _("The plan has no name that can be read."), _("Give it one."))
    if not plan.members:
        yield Problem("groups", _("The plan has no virtual machine."), _("Add the machines that are to fail over."))
    if len(plan.members) > MOST_MACHINES:
        text = _("A plan has at most {most} virtual machines.").format(most=MOST_MACHINES)
        yield Problem("groups", text, _("Divide it into several plans."))
    counted = Counter(member.machine_id for member in plan.members)
    names = {member.machine_id: member.name for member in plan.members}
    for machine_id, count in counted.items():
        if count > 1:
            text = _("{machine} is in the plan {count} times.").format(machine=names[machine_id], count=count)
            yield Problem("groups", text, _("Leave it in one group."))
    for group in plan.groups:
        if not group.members:
            yield Problem("groups", _("The group {group} is empty.").format(group=group.name), _("Remove the group."))
        spans = (group.delay, group.running_within, group.heartbeat_within)
        if not all(0 <= seconds <= LONGEST_DELAY for seconds in spans):
            text = _("The group {group} waits longer than a day, or less than nothing.").format(group=group.name)
            yield Problem("groups", text, _("Choose up to 24 hours."))
