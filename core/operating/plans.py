"""The plan of an action for a machine."""

from __future__ import annotations

import datetime

from core.jobs.plan import Plan
from core.operating import checkpoints, identity
from core.operating.power import power_plan
from core.operating.subject import Subject
from core.operating.verbs import Verb


def plan_of(verb: Verb, subject: Subject, moment: datetime.datetime) -> Plan:
    """What carries ``verb`` out on a machine; ``moment`` is part of the name of a checkpoint.

    Raises ValueError for what needs a name, and for a machine without a checkpoint that is to go back to one.
    """
    match verb:
        case Verb.CHECKPOINT:
            return checkpoints.take(subject, checkpoints.new_name(subject.machine.name, moment))
        case Verb.REVERT:
            if (current := subject.current_checkpoint) is None:
                raise ValueError(f"{subject.machine.name} has no checkpoint")
            return checkpoints.apply(subject, current)
        case Verb.DELETE:
            return identity.delete(subject)
        case Verb.RENAME:
            raise ValueError("a name is needed")
    return power_plan(verb, subject)
