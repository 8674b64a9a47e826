"""Whether the machine can go on with the destination's processor."""

from __future__ import annotations

from collections.abc import Iterator

from core.checks.finding import Finding, Passed
from core.checks.known import Unread
from core.hyperv.failure_codes import codes_in
from core.hyperv.states import MachineState
from core.language import _
from core.moving.checks.case import Case, not_read
from core.moving.fixes import allow_other_processors
from core.wizards.wizard import Problem


def processors(case: Case) -> Iterator[Finding]:
    """A machine that is off starts on any processor; a running or saved one needs the features that it saw.

    Whether another model of the same maker has them only the hosts know. An objection of theirs that names no device
    and no code is taken to be about the processor when the models differ and compatibility is off (assumed).
    """
    here, there, names = case.source_facts.processor, case.destination_facts.processor, case.names
    if case.machine.state is MachineState.OFF:
        yield Passed(_("{machine} is off, so that it starts on any processor.").format(**names))
        return
    if isinstance(here, Unread) or isinstance(there, Unread):
        unread = here if isinstance(here, Unread) else there
        assert isinstance(unread, Unread)
        what = _("Whether the processors of {source} and {destination} go together is not known.").format(**names)
        yield not_read("destination", what, unread)
        return
    names |= {"here": here.name.strip(), "there": there.name.strip()}
    if here.manufacturer != there.manufacturer:
        yield Problem(
            "destination",
            _("{source} has a processor of another maker than {destination}: {here} and {there}.").format(**names),
            _without_other_maker(case).format(**names),
        )
    elif here.name.strip() == there.name.strip():
        yield Passed(_("{source} and {destination} have the same processor: {here}.").format(**names))
    else:
        yield _of_one_maker(case, names)


def _of_one_maker(case: Case, names: dict[str, str]) -> Finding:
    settings = case.source_facts.processor_settings
    if isinstance(settings, Unread):
        what = _("Whether {machine} may go to another processor is not known.").format(**names)
        return not_read("machine", what, settings)
    if settings.compatibility_for_migration_enabled:
        what = _("{machine} may go to another processor of the same maker: {here} and {there}.")
        return Passed(what.format(**names))
    if case.was_compared and not _unexplained(case):
        what = _("{destination} did not object to the processor that {machine} uses: {here} and {there}.")
        return Passed(what.format(**names))
    is_certain = case.was_compared and case.machine.version in case.destination_inventory.host.supported_vm_versions
    what = _("{machine} uses features of its processor that {destination} lacks: {here} and {there}.")
    if not is_certain:
        what = _("{machine} may use features of its processor that {destination} lacks: {here} and {there}.")
    return Problem(
        "destination",
        what.format(**names),
        _cure(case),
        fix=allow_other_processors(case.source.key, case.machine),
        is_warning=not is_certain,
    )


def _unexplained(case: Case) -> bool:
    comparison = case.source_facts.comparison
    assert comparison is not None
    return any(not codes_in(objection.message) for objection in comparison.without_source)


def _cure(case: Case) -> str:
    if case.machine.state is MachineState.RUNNING:
        return _(
            "Let it migrate to a computer with a different processor version. That is changed while the machine is"
            " off, so it has to be shut down and started again."
        )
    return _(
        "Start the machine on its host, shut it down, and let it migrate to a computer with a different processor"
        " version. To remove its saved state instead loses what the guest had in memory: this program does not."
    )


def _without_other_maker(case: Case) -> str:
    if case.machine.state is MachineState.RUNNING:
        return _("Shut {machine} down before it moves. No setting lets it go from one maker to another while it runs.")
    return _(
        "Start {machine} on {source} and shut it down before it moves. To remove its saved state instead loses what"
        " the guest had in memory: this program does not do that."
    )
