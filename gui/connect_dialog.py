"""Connect to Server: how a host is reached, tried out step by step, and kept; also the settings of a listed one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from typing import Any, Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QTabWidget, QVBoxLayout, QWidget

from core.estate.connection import Connection
from core.estate.connection_test import Step, Verdict
from core.estate.estate import Picture
from core.estate.profiles import Profile, ProfileFault
from core.language import _
from core.remoting.certificates import Certificate
from core.remoting.errors import RemotingError
from gui.form import height_of, push_button
from gui.icons import icon
from gui.panels.notice import Notice, text_label
from gui.profiles.advanced_page import AdvancedPage
from gui.profiles.certificate_question import CertificateQuestion
from gui.profiles.general_page import GeneralPage
from gui.profiles.steps_view import StepsView
from gui.tasks import Tasks

_WIDTH = 560
_LEAST_HEIGHT = 340
"""Of the pages: the steps of a test want that much."""


class Keeper(Protocol):
    """What the dialog needs of whoever keeps the profiles."""

    async def connect(self, profile: Profile, password: str) -> Picture:
        """Sign in; a host that answers is listed and kept. Raises ValueError for a name that is listed already."""

    async def save(self, profile: Profile, password: str | None, instead_of: str | None) -> None:
        """Keep a profile without trying it; no password leaves the one that is kept. Raises ValueError as above."""

    async def known_password(self, profile: Profile) -> str | None:
        """The password that is kept for a profile."""

    async def key_store_fault(self) -> str:
        """Why passwords cannot be kept, in sentences; empty when they can."""

    def test(self, connection: Connection) -> AsyncIterator[Step]:
        """Try a connection out."""

    async def certificate(self, connection: Connection) -> Certificate:
        """The certificate that a host shows. Raises RemotingError."""


class ConnectDialog(QDialog):
    """Asks how a host is reached. ``connected`` is emitted with the picture of a host that answers.

    With ``profile`` it shows the settings of a host that is listed, and saves them without signing in. ``proposal`` is
    what a new one begins with.
    """

    connected = Signal(object)

    def __init__(
        self,
        keeper: Keeper,
        tasks: Tasks,
        groups: Sequence[str],
        profile: Profile | None = None,
        proposal: Profile | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("connect")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        title = _("Connect to Server")
        if profile is not None:
            title = _("Settings of {host}").format(host=profile.listed_name)
        self.setWindowTitle(title)
        self.setWindowIcon(icon("connect"))
        self._keeper = keeper
        self._tasks = tasks
        self._profile = profile
        self._attempt: asyncio.Task[None] | None = None
        self._gives_way = False
        self.general, self.advanced, self.steps = GeneralPage(groups), AdvancedPage(), StepsView()
        self.notice = Notice()
        self._arrange()
        self.general.scheme_changed.connect(self.advanced.use_https)
        self.advanced.certificate_asked.connect(self._read_certificate)
        self.steps.trust_asked.connect(self._ask_to_trust)
        if (shown := profile or proposal) is not None:
            self.general.show_profile(shown)
            self.advanced.show_profile(shown)
        if profile is not None:
            self.general.password.setPlaceholderText(_("unchanged"))
        self._fit()
        self.general.address.setFocus()
        self._key_store = tasks.start(self._look_at_key_store(), "look at the key store")

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close whatever is under way."""
        self._stop_waiting()
        self._key_store.cancel()
        super().closeEvent(event)

    def done(self, result: int) -> None:
        """Nothing goes on without the dialog."""
        self._stop_waiting()
        self._key_store.cancel()
        super().done(result)

    def reject(self) -> None:
        """Cancel: the attempt if there is one, else the dialog."""
        if self._attempt is not None and not self._attempt.done():
            self._stop_waiting()
            self.notice.clear()
            self._fit()
        else:
            super().reject()

    def _arrange(self) -> None:
        self.tabs = QTabWidget()
        self.tabs.setObjectName("connect_tabs")
        self.tabs.addTab(self.general, _("General"))
        self.tabs.addTab(self.advanced, _("Advanced"))
        self.tabs.addTab(self.steps, _("Test"))
        self.test_button = push_button("test_connection", _("Test Connectio&n"))
        self.test_button.clicked.connect(self._test)
        is_new = self._profile is None
        self.connect_button = (
            push_button("connect_now", _("&Connect")) if is_new else push_button("save_now", _("Sa&ve"))
        )
        self.connect_button.setDefault(True)
        self.connect_button.clicked.connect(self._connect if is_new else self._save)
        self.save_anyway = push_button("save_anyway", _("Sa&ve Anyway"))
        self.save_anyway.clicked.connect(self._save)
        self.save_anyway.hide()
        cancel = push_button("cancel", _("Cancel"))
        cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.test_button)
        buttons.addStretch()
        for button in (self.connect_button, self.save_anyway, cancel):
            buttons.addWidget(button)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 14)
        column.setSpacing(12)
        if is_new:
            column.addWidget(
                text_label(_("Connect to a computer that runs Hyper-V, through Windows Remote Management."))
            )
        column.addWidget(self.tabs)
        column.addWidget(self.notice)
        column.addLayout(buttons)

    def _typed(self) -> Profile | None:
        """What was typed; None when it cannot be, which is said where it stands."""
        try:
            values: dict[str, Any] = {**self.general.values(), **self.advanced.values()}
            return Profile(**values)
        except ProfileFault as fault:
            self._say("warning", fault.what, fault.cure)
            for page in (self.general, self.advanced):
                if (field := page.fields.get(fault.field)) is not None:
                    self.tabs.setCurrentWidget(page)
                    field.setFocus()
            return None

    def _connect(self) -> None:
        if self._is_free() and (profile := self._typed()) is not None:
            self._begin(self._sign_in(profile), f"connect to {profile.address}")

    async def _sign_in(self, profile: Profile) -> None:
        host = profile.listed_name
        self._say("busy", _("Connecting to {host}...").format(host=host), _("Cancel stops the wait."))
        try:
            picture = await self._keeper.connect(profile, self.general.password.text())
        except ValueError as error:
            self._say("warning", str(error), _("Give it another name in the list, on the page Advanced."))
            return
        if picture.failure is not None:
            failure = picture.failure
            self._say("error", f"{failure.sentence} {failure.cause}", failure.cure)
            self.save_anyway.show()
            self.general.address.setFocus()
            return
        self._attempt = None
        self.connected.emit(picture)
        self.accept()

    def _save(self) -> None:
        if self._is_free() and (profile := self._typed()) is not None:
            self._begin(self._keep(profile), f"save {profile.address}")

    async def _keep(self, profile: Profile) -> None:
        former = self._profile.listed_name if self._profile is not None else None
        typed = self.general.password.text()
        try:
            await self._keeper.save(profile, typed or None, former)
        except ValueError as error:
            self._say("warning", str(error), _("Give it another name in the list, on the page Advanced."))
            return
        self._attempt = None
        self.accept()

    def _test(self) -> None:
        if self._is_free() and (profile := self._typed()) is not None:
            self._begin(self._try_out(profile), f"test {profile.address}", gives_way=True)

    async def _try_out(self, profile: Profile) -> None:
        self.notice.clear()
        self._fit()
        self.steps.clear()
        self.tabs.setCurrentWidget(self.steps)
        last: Step | None = None
        async for step in self._keeper.test(await self._connection(profile)):
            self.steps.show_step(step)
            last = step
        if last is not None and last.verdict is Verdict.GOOD:
            self._say("info", _("Everything that a connection needs works."), "")

    async def _connection(self, profile: Profile) -> Connection:
        """With the password that was typed, or the one that is kept while none was."""
        typed = self.general.password.text()
        if self._profile is not None and not typed:
            return profile.connection(await self._keeper.known_password(profile))
        return profile.connection(typed)

    def _read_certificate(self) -> None:
        if self._is_free():
            self._begin(self._show_certificate(), "show a certificate", gives_way=True)

    async def _show_certificate(self) -> None:
        values: dict[str, Any] = {**self.general.values(), **self.advanced.values(), "trust": "system"}
        # Nobody signs in to see it.
        values |= {"authentication": "negotiate", "user_name": "nobody", "password_place": "ask"}
        try:
            profile = Profile(**values)
            self._say("busy", _("Reading the certificate..."), _("Cancel stops the wait."))
            certificate = await self._keeper.certificate(profile.connection(None))
        except ProfileFault as fault:
            self._say("warning", fault.what, fault.cure)
        except RemotingError as error:
            self._say("error", f"{error.sentence} {error.cause}", error.cure)
        else:
            self.notice.clear()
            self._fit()
            self._ask_to_trust(certificate)

    def _ask_to_trust(self, certificate: Certificate) -> None:
        question = CertificateQuestion(self.general.address.text().strip(), certificate, self)
        question.trusted.connect(self._trust)
        question.open()

    def _trust(self, fingerprint: str) -> None:
        self.advanced.trust_certificate(fingerprint)
        self.tabs.setCurrentWidget(self.advanced)

    async def _look_at_key_store(self) -> None:
        self.general.show_key_store(await self._keeper.key_store_fault())

    def _begin(self, work: Coroutine[object, object, None], name: str, *, gives_way: bool = False) -> None:
        self._gives_way = gives_way
        self._attempt = self._tasks.start(work, name)

    def _is_free(self) -> bool:
        """Whether something can begin: a test gives way to it, a sign-in does not."""
        is_busy = self._attempt is not None and not self._attempt.done()
        if is_busy and self._gives_way:
            self._stop_waiting()
            return True
        return not is_busy

    def _say(self, kind: str, what: str, cure: str) -> None:
        self.notice.say(kind, what, cure)
        self._fit()

    def _fit(self) -> None:
        """Be as high as the highest page and the wrapped texts need."""
        self.tabs.setMinimumHeight(max(self.tabs.minimumHeight(), self.tabs.sizeHint().height(), _LEAST_HEIGHT))
        width = max(self.width(), _WIDTH)
        self.setMinimumSize(_WIDTH, height_of(self._column, width))
        self.resize(width, self.minimumHeight())

    def _stop_waiting(self) -> None:
        if self._attempt is not None:
            self._attempt.cancel()
        self._attempt = None
