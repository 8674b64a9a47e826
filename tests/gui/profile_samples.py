"""Everything that is shown or asked about the list of servers, for tests that look at all of it."""

from __future__ import annotations

import datetime
from collections.abc import Callable

from PySide6.QtWidgets import QMessageBox, QWidget

from core.estate.connection_test import Part, Step, Verdict
from core.estate.profile_exchange import Found
from core.estate.profiles import Profile, Profiles, group_fault
from core.language import _
from core.remoting.certificates import Certificate
from gui.connect_dialog import ConnectDialog
from gui.console import Console
from gui.profiles.certificate_question import CertificateQuestion
from gui.profiles.group_dialog import GroupDialog
from gui.profiles.import_dialog import ImportDialog
from gui.profiles.sign_in_dialog import SignInDialog
from gui.tasks import Tasks
from tests.gui.driving import click, dialog, until
from tests.laboratory import RunningLab

PROFILE = Profile(address="HV-01", user_name="admin", scheme="https", port=5986)


def certificate() -> Certificate:
    day = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    long_name = _("A name that is long enough to need more than one line in the question about a certificate") * 2
    return Certificate("12" * 32, long_name, _("An authority"), (_("a name"), _("another")), day, day)


def steps() -> list[Step]:
    """One of each kind; the last has much to say."""
    found = _("This was found, and it takes more than a single line to say all of it at the width of the page.")
    cures = (_("The first thing to do."), _("The second thing to do, at some length, so that it is wrapped as well."))
    *good, last = Part
    return [
        *(Step(part, Verdict.GOOD, _("This works.")) for part in good),
        Step(last, Verdict.BAD, found, cures * 3, certificate()),
    ]


def look_at_profiles(console: Console, visit: Callable[[str, QWidget], None]) -> None:
    """The dialogs about servers, each page of them, and what is asked."""
    window = console.window
    connect = ConnectDialog(console.profiles, Tasks(), ["HV-01"], PROFILE, parent=window)
    connect.show()
    visit("settings: general", connect)
    connect.advanced.trust_certificate("12" * 32)
    connect.tabs.setCurrentWidget(connect.advanced)
    visit("settings: advanced", connect)
    connect.advanced.authentication.setCurrentIndex(4)
    connect.advanced.trust.setCurrentIndex(1)
    visit("settings: advanced, with files", connect)
    click(connect, "save_now")
    visit("settings: a fault", connect)
    connect.tabs.setCurrentWidget(connect.steps)
    visit("settings: test to come", connect)
    for step in steps():
        connect.steps.show_step(Step(step.part, Verdict.RUNNING))
        connect.steps.show_step(step)
    visit("settings: test", connect)
    connect.reject()
    found = Found(names=("HV-01", "HV-02"), notes=(_("This was left out."),) * 7)
    importing = ImportDialog(found, Profiles((), ("HV-01",)), window)
    dialogs = {
        "certificate": CertificateQuestion("HV-01", certificate(), window),
        "sign in": SignInDialog("admin", ["HV-01"] * 12, keep=True, key_store_fault=_("None."), parent=window),
        "group": GroupDialog(_("New Group"), "Practice", group_fault, window),
        "import": importing,
    }
    for place, opened in dialogs.items():
        opened.show()
        visit(place, opened)
        if isinstance(opened, GroupDialog):
            click(opened, "ok")
            visit("group: a fault", opened)
        if isinstance(opened, ImportDialog):
            click(opened, "import_now")
            visit("import: a fault", opened)
        opened.close()


async def look_at_listed_server(console: Console, lab: RunningLab, visit: Callable[[str, QWidget], None]) -> None:
    """A server that is kept, read-only and without a password, and the question before it goes."""
    host = lab.host("HV-01")
    await console.profiles.save(
        Profile(
            address=host["address"], name="HV-01", port=host["port"], user_name=host["username"], is_read_only=True
        ),
        None,
        None,
    )
    await until(console.window.actions_offered.remove_server.isEnabled)
    visit("server without a password", console.window)
    console.window.actions_offered.remove_server.trigger()
    question = dialog(QMessageBox)
    visit("remove", question)
    question.reject()
