"""Reports on runs of recovery plans, and what is asked before one."""

from __future__ import annotations

from core.failover.confirmation import Confirmation
from core.language import _
from core.recovery.document import RecoveryPlan
from core.recovery.status import Kind, RunState, RunStatus
from core.tables import csv_text, html_text


def run_csv(status: RunStatus) -> str:
    """A line for each machine of a run."""
    return csv_text(_headings(), _rows(status))


def run_html(status: RunStatus) -> str:
    """The same as a page, with the result in its title."""
    result = _("successful") if status.state is RunState.SUCCEEDED else _("stopped")
    names = {"plan": status.plan.name, "kind": status.kind.word, "result": result}
    title = _("{plan}, {kind} of {time}: {result}").format(time=f"{status.began_at:%Y-%m-%d %H:%M}", **names)
    return html_text(title, _headings(), _rows(status))


def run_confirmation(plan: RecoveryPlan, kind: Kind) -> Confirmation:
    """What is asked before a run; an unplanned one wants the plan's name typed."""
    names = {"plan": plan.name, "count": len(plan.members), "groups": len(plan.groups)}
    question = _("Carry out the plan {plan} with {count} virtual machines in {groups} groups?").format(**names)
    consequences = {
        Kind.TEST: _("Test machines are made beside the replicas and removed afterwards. Nothing else is touched."),
        Kind.PLANNED: _("Each machine is shut down, sends its last changes and starts at the other site."),
        Kind.UNPLANNED: _("Each replica takes over as it is. What was not replicated is lost."),
    }
    undos = {
        Kind.TEST: _("The test is cleaned up by itself."),
        Kind.PLANNED: _("A planned failover in the other direction undoes it."),
        Kind.UNPLANNED: _("Each failover can be cancelled until it is completed."),
    }
    typed = plan.name if kind is Kind.UNPLANNED else ""
    return Confirmation(kind.word, question, consequences[kind], undos[kind], kind.word, typed)


def _headings() -> tuple[str, ...]:
    return (
        *(_("Group"), _("Virtual machine"), _("Primary server"), _("Replica server"), _("Result"), _("Detail")),
        _("What was true afterwards"),
    )


def _rows(status: RunStatus) -> list[tuple[str, ...]]:
    groups = {member: group.name for group in status.plan.groups for member in group.members}
    return [
        (
            *(groups[each.member], each.member.name, each.member.primary, each.member.replica),
            *(each.state.word, each.detail, " ".join(each.truth)),
        )
        for each in status.members
    ]
