"""What it means that an action has not reached its goal."""

from __future__ import annotations

from collections.abc import Callable

from core.estate.estate import Estate
from core.hyperv.failure_codes import ACCESS_DENIED, codes_in
from core.jobs.goal import Copied, Told
from core.jobs.outcome import Ended, Outcome
from core.jobs.outlook import Outlook
from core.jobs.plan import Action, Expectation
from core.language import _
from core.remoting.errors import CmdletFailed


class Unreached:
    """Says how ``action`` has ended, by what was seen last. ``is_cancelled`` tells whether the user has given it up."""

    def __init__(
        self, action: Action, expected: Expectation | None, estate: Estate, is_cancelled: Callable[[], bool]
    ) -> None:
        self._action = action
        self._expected = expected
        self._estate = estate
        self._is_cancelled = is_cancelled

    def refused(self, error: CmdletFailed) -> Callable[[Outlook], Ended]:
        """What it means after the host has refused it."""

        def ended(seen: Outlook) -> Ended:
            if self._is_cancelled() and not isinstance(self._action.goal, Copied):
                return self.still_there()(seen)
            is_denied = ACCESS_DENIED in codes_in(error.record.message)
            cure = self._action.if_denied if is_denied and self._action.if_denied else error.cure
            return Ended(Outcome.NOT_DONE, error.record.message, cure, error.record)

        return ended

    def reported_done(self) -> Callable[[Outlook], Ended]:
        """What it means after the host has reported success."""
        if isinstance(self._action.goal, Copied):
            return self._not_copied()
        detail = _("The host reported success, but it is not so: {action}").format(action=self._action.title)
        cure = _("Look at the events of the host, then try again.")
        return lambda _seen: Ended(Outcome.NOT_DONE, detail, cure)

    def _not_copied(self) -> Callable[[Outlook], Ended]:
        """What it means that nothing is copied, and nothing has been."""
        detail = _("{host} is not copying, and the copy is not complete.").format(host=self._action.host.name)
        cure = "" if self._is_cancelled() else _("Look at the events of the host, then start the copy again.")
        return lambda _seen: Ended(Outcome.NOT_DONE, detail, cure)

    def _only_told(self, goal: Told) -> Callable[[Outlook], Ended]:
        """What it means that the answer of the host is lost, and nothing else tells what it was."""
        detail = _("The answer of {host} was lost, and what became of it cannot be seen from here.")
        cure = _("Look at {place} before you do it again.").format(place=goal.place)
        return lambda _seen: Ended(Outcome.UNKNOWN, detail.format(host=goal.host.name), cure)

    def still_there(self) -> Callable[[Outlook], Ended]:
        """What it means that everything is as before."""
        if isinstance(self._action.goal, Copied):
            return self._not_copied()
        if isinstance(self._action.goal, Told) and not self._is_cancelled():
            return self._only_told(self._action.goal)

        def ended(_seen: Outlook) -> Ended:
            picture = self._estate.picture(self._action.host)
            seen_at = picture.inventory.read_at.strftime("%H:%M:%S") if picture.inventory else ""
            if self._expected is None:
                detail = _("At {time} by its clock, everything was as before on {host}.")
                detail = detail.format(time=seen_at, host=self._action.host.name)
            else:
                detail = _("At {time} by its clock, {host} had {machine} as before.")
                names = {"machine": self._expected.machine_name, "host": self._action.host.name}
                detail = detail.format(time=seen_at, **names)
            cure = "" if self._is_cancelled() else _("Look at the host once more before you do it again.")
            return Ended(Outcome.NOT_DONE, detail, cure)

        return ended
