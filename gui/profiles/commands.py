"""Carries out what the user wants with the list of servers, and keeps the estate in step with the profiles."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFileDialog, QMessageBox

from core.estate.connection import Connection, HostKey
from core.estate.connection_test import Step, examine
from core.estate.estate import Estate, Picture
from core.estate.inventory import Inventory
from core.estate.last_pictures import LastPictures
from core.estate.preset_profiles import PresetProfiles
from core.estate.profile_exchange import MOST_BYTES, added, exported, read_file
from core.estate.profile_store import ProfileStore
from core.estate.profiles import SERVERS, Profile, Profiles, group_fault
from core.estate.secrets import Secrets
from core.jobs.queue import Jobs
from core.kept_file import NotKept, Unreadable
from core.language import _
from core.own_files import write_file
from core.remoting.certificates import Certificate, read_certificate
from core.remoting.workers import Workers
from gui.connect_dialog import ConnectDialog
from gui.main_window import MainWindow
from gui.profiles.group_dialog import GroupDialog
from gui.profiles.import_dialog import ImportDialog
from gui.profiles.sign_in_dialog import SignInDialog
from gui.tasks import Tasks


class ProfileCommands:
    """``open_dialog`` shows a dialog; ``remove_host`` takes a host out of the estate and the window."""

    def __init__(
        self,
        estate: Estate,
        jobs: Jobs,
        store: ProfileStore,
        presets: PresetProfiles,
        secrets: Secrets,
        last_pictures: LastPictures,
        workers: Workers,
        window: MainWindow,
        tasks: Tasks,
        open_dialog: Callable[[QDialog], None],
        remove_host: Callable[[HostKey], None],
    ) -> None:
        self._estate = estate
        self._jobs = jobs
        self._store = store
        self._presets = presets
        self._secrets = secrets
        self._last_pictures = last_pictures
        self._workers = workers
        self._window = window
        self._tasks = tasks
        self._open_dialog = open_dialog
        self._remove_host = remove_host
        self._kept: set[HostKey] = set()
        self._remembered: dict[HostKey, Inventory] = {}

    def start(self) -> None:
        """Offer what can be done, and list what is kept."""
        offered = self._window.actions_offered
        offered.connect_to_server.triggered.connect(lambda: self.connect_to_server())
        offered.add_this_computer.triggered.connect(self.add_this_computer)
        offered.edit_server.triggered.connect(self.edit)
        offered.sign_in.triggered.connect(self.sign_in)
        offered.remove_server.triggered.connect(self.ask_to_remove)
        offered.new_group.triggered.connect(self.new_group)
        offered.rename_group.triggered.connect(self.rename_group)
        offered.remove_group.triggered.connect(self.remove_group)
        offered.import_servers.triggered.connect(self.choose_import)
        offered.export_servers.triggered.connect(self.choose_export)
        self._window.tree_model.host_moved.connect(self.move)
        self._tasks.start(self._list_kept(), "list the servers that are kept")

    def connect_to_server(self, proposal: Profile | None = None) -> None:
        """Open the dialog that connects to a host."""
        dialog = ConnectDialog(self, self._tasks, self._store.current.groups, proposal=proposal, parent=self._window)
        dialog.connected.connect(lambda picture: self._window.show_pictures([picture]))
        dialog.connected.connect(lambda picture: self._window.select_host(picture.key))
        self._open_dialog(dialog)

    def add_this_computer(self) -> None:
        """Propose this computer, with the account that is signed in."""
        self.connect_to_server(Profile(address=socket.gethostname(), password_place="account"))

    def edit(self) -> None:
        """Open the settings of the selected server."""
        if (profile := self._selected()) is not None:
            self._open_dialog(
                ConnectDialog(self, self._tasks, self._store.current.groups, profile, parent=self._window)
            )

    def sign_in(self) -> None:
        """Ask for the password of the selected server anew."""
        if (profile := self._selected()) is not None:
            self._tasks.start(self._ask_password(profile.user_name, [profile]), f"sign in at {profile.address}")

    def ask_to_remove(self) -> None:
        """Ask before the selected server is taken out of the list."""
        if (profile := self._selected()) is None:
            return
        box = QMessageBox(self._window)
        box.setObjectName("remove_question")
        box.setStyleSheet("QLabel#qt_msgbox_informativelabel { min-width: 340px; }")
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(_("VM Ferry"))
        keep = box.addButton(_("Cancel"), QMessageBox.ButtonRole.RejectRole)
        keep.setObjectName("cancel")
        if self._jobs.is_under_way_on(profile.key):
            box.setText(_("{host} cannot be removed now.").format(host=profile.listed_name))
            box.setInformativeText(_("A job that needs it is under way. Wait until it has ended, or cancel it."))
        else:
            box.setText(_("Remove {host} from the list?").format(host=profile.listed_name))
            box.setInformativeText(
                _("Its settings and its password are forgotten on this computer. Nothing changes on the server.")
            )
            remove = box.addButton(_("&Remove"), QMessageBox.ButtonRole.AcceptRole)
            remove.setObjectName("remove_now")
            remove.clicked.connect(lambda: self._tasks.start(self._remove(profile), f"remove {profile.address}"))
        box.setDefaultButton(keep)
        box.setEscapeButton(keep)
        self._open_dialog(box)

    def move(self, host: HostKey, group: str) -> None:
        """Put a server into a group; an empty one stands for none."""
        self._change(lambda kept: kept.moved(host.name, group))

    def new_group(self) -> None:
        """Ask for the name of a new group."""
        dialog = GroupDialog(_("New Group"), "", group_fault, self._window)
        dialog.named.connect(lambda name: self._change(lambda kept: kept.with_group(name)))
        self._open_dialog(dialog)

    def rename_group(self) -> None:
        """Ask for another name of the selected group."""
        if group := self._window.group:
            dialog = GroupDialog(_("Rename Group"), group, group_fault, self._window)
            dialog.named.connect(lambda name: self._change(lambda kept: kept.with_renamed_group(group, name)))
            self._open_dialog(dialog)

    def remove_group(self) -> None:
        """Remove the selected group; its servers stay."""
        if group := self._window.group:
            self._change(lambda kept: kept.without_group(group))

    def choose_import(self) -> None:
        """Ask for a file to import from."""
        dialog = QFileDialog(self._window, _("Import Servers"), "", _("Lists of servers (*.json *.txt);;All files (*)"))
        dialog.setObjectName("import_file")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda file: self._tasks.start(self.import_from(Path(file)), "import servers"))
        self._open_dialog(dialog)

    def choose_export(self) -> None:
        """Ask for a file to export to."""
        dialog = QFileDialog(self._window, _("Export Servers"), "servers.json", _("Lists of servers (*.json)"))
        dialog.setObjectName("export_file")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("json")
        dialog.fileSelected.connect(lambda file: self._tasks.start(self.export_to(Path(file)), "export servers"))
        self._open_dialog(dialog)

    async def import_from(self, file: Path) -> None:
        """Show what a file would add to the list."""
        try:
            content = await self._workers.run(_read_at_most, file)
            found = read_file(content, self._store.current)
        except OSError as error:
            self._say(_("{file} cannot be read: {reason}.").format(file=file, reason=error.strerror or error))
            return
        except Unreadable as error:
            self._say(_("{file} cannot be imported. {reason}").format(file=file, reason=error))
            return
        dialog = ImportDialog(found, self._store.current, self._window)
        dialog.accepted_with.connect(lambda template: self._change(lambda kept: added(kept, found, template)))
        self._open_dialog(dialog)

    async def export_to(self, file: Path) -> None:
        """Write the list into a file, without any password."""
        try:
            await self._workers.run(write_file, file, exported(self._store.current))
        except OSError as error:
            self._say(_("{file} cannot be written: {reason}.").format(file=file, reason=error.strerror or error))

    async def connect(self, profile: Profile, password: str) -> Picture:
        """Sign in; a host that answers is listed and kept."""
        picture = await self._estate.visit(profile.connection(password))
        if picture.failure is None and picture.key.name.casefold() == profile.listed_name.casefold():
            # A host that is listed under another name stays as it is.
            self._kept.add(picture.key)
            await self._keep(profile, password, picture.key.name)
            await self._reconcile()
        return picture

    async def save(self, profile: Profile, password: str | None, instead_of: str | None) -> None:
        """Keep a profile without trying it; no password leaves the one that is kept."""
        former = self._store.current.find(instead_of) if instead_of else None
        if former is not None and former.key != profile.key and self._jobs.is_under_way_on(former.key):
            raise ValueError(_("{host} is needed by a job and keeps its name.").format(host=former.listed_name))
        if former is None and self._store.current.find(profile.listed_name) is not None:
            raise ValueError(_("{host} is in the list already.").format(host=profile.listed_name))
        await self._keep(profile, password, instead_of)
        if former is not None and (former.address, former.user_name) != (profile.address, profile.user_name):
            await self._forget(former)
        await self._reconcile()
        if profile.key in {picture.key for picture in self._estate.pictures}:
            self._window.select_host(profile.key)
            await self._estate.reread(profile.key, signs_in_again=True)

    async def known_password(self, profile: Profile) -> str | None:
        """The password that is kept for a profile."""
        return await self._secrets.read(profile.address, profile.user_name)

    async def key_store_fault(self) -> str:
        """Why passwords cannot be kept, in sentences; empty when they can."""
        return await self._secrets.probe()

    def test(self, connection: Connection) -> AsyncIterator[Step]:
        """Try a connection out."""
        return examine(connection, self._workers)

    async def certificate(self, connection: Connection) -> Certificate:
        """The certificate that a host shows."""
        return await self._workers.run(read_certificate, connection.endpoint)

    async def _list_kept(self) -> None:
        notes = await self._store.load() + await self._presets.take_in(self._store)
        if notes:
            self._say("\n".join(notes))
        self._remembered = dict(await self._last_pictures.load())
        await self._reconcile()
        missing: dict[str, list[Profile]] = {}
        for profile in self._store.current.profiles:
            if profile.needs_password and await self.known_password(profile) is None:
                missing.setdefault(profile.user_name, []).append(profile)
        for user, profiles in missing.items():
            await self._ask_password(user, profiles)

    async def _ask_password(self, user: str, profiles: list[Profile]) -> None:
        fault = await self._secrets.probe()
        keeps = any(profile.password_place == "key store" for profile in profiles)
        names = [profile.listed_name for profile in profiles]
        dialog = SignInDialog(user, names, keep=keeps, key_store_fault=fault, parent=self._window)
        dialog.given.connect(
            lambda password, keep: self._tasks.start(self._take_password(profiles, password, keep), f"sign {user} in")
        )
        self._open_dialog(dialog)

    async def _take_password(self, profiles: list[Profile], password: str, keep: bool) -> None:
        if keep:
            await self._keep_password(profiles, password)
        else:
            for profile in profiles:
                self._secrets.remember(profile.address, profile.user_name, password)
        await self._reconcile()
        for profile in profiles:
            self._tasks.start(self._estate.reread(profile.key, signs_in_again=True), f"refresh {profile.key}")

    async def _keep(self, profile: Profile, password: str | None, instead_of: str | None) -> None:
        """Save a profile and its password, and say what could not be saved. Raises ValueError."""
        await self._update(lambda kept: kept.kept(profile, instead_of))
        if password is None or not profile.needs_password:
            return
        if profile.password_place == "key store":
            await self._keep_password([profile], password)
        else:
            await self._secrets.forget(profile.address, profile.user_name)
            self._secrets.remember(profile.address, profile.user_name, password)

    async def _keep_password(self, profiles: list[Profile], password: str) -> None:
        """Put a password into the key store; say why that has failed, unless the dialog has told that there is none."""
        faults = [await self._secrets.keep(each.address, each.user_name, password) for each in profiles]
        if new := dict.fromkeys(fault for fault in faults if fault and fault != self._secrets.fault):
            self._say("\n".join(new))

    async def _remove(self, profile: Profile) -> None:
        if self._jobs.is_under_way_on(profile.key):
            return
        await self._update(lambda kept: kept.without(profile.listed_name))
        await self._forget(profile)
        await self._reconcile()

    async def _forget(self, profile: Profile) -> None:
        """Forget a password that no other profile needs."""
        mine = (profile.address.casefold(), profile.user_name.casefold())
        others = {(each.address.casefold(), each.user_name.casefold()) for each in self._store.current.profiles}
        if profile.user_name and mine not in others:
            await self._secrets.forget(profile.address, profile.user_name)

    def _change(self, change: Callable[[Profiles], Profiles]) -> None:
        self._tasks.start(self._change_and_show(change), "change the list of servers")

    async def _change_and_show(self, change: Callable[[Profiles], Profiles]) -> None:
        try:
            await self._update(change)
        except ValueError as error:
            self._say(str(error))
            return
        await self._reconcile()

    async def _update(self, change: Callable[[Profiles], Profiles]) -> None:
        """Change the profiles, and say when that holds for this run only. Raises ValueError."""
        try:
            await self._store.update(change)
        except NotKept as error:
            self._say(
                _("The list of servers could not be saved; it holds until VM Ferry is closed. {reason}").format(
                    reason=error
                )
            )

    async def _reconcile(self) -> None:
        """Let the estate have just the hosts of the profiles, each as its profile says; others stay as they are."""
        wanted = {profile.key: profile for profile in self._store.current.profiles}
        for key in self._kept - wanted.keys():
            if not self._jobs.is_under_way_on(key):
                self._kept.discard(key)
                self._remove_host(key)
                await self._last_pictures.forget(key)
        for key, profile in wanted.items():
            password = await self.known_password(profile) if profile.needs_password else None
            connection = profile.connection(password)
            if key not in self._estate:
                # A host that is listed under another of its names is there already.
                with contextlib.suppress(ValueError):
                    self._estate.add(connection, self._remembered.pop(key, None))
                    self._kept.add(key)
            else:
                self._kept.add(key)
                if self._estate.picture(key).connection != connection:
                    self._estate.reconnect(connection)
        self._window.show_profiles(self._store.current.groups, frozenset(wanted))

    def _selected(self) -> Profile | None:
        picture = self._window.server
        if picture is None or picture.key.group != SERVERS:
            return None
        return self._store.current.find(picture.key.name)

    def _say(self, what: str) -> None:
        box = QMessageBox(self._window)
        box.setObjectName("profiles_notice")
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setWindowTitle(_("VM Ferry"))
        box.setText(what)
        box.addButton(_("Close"), QMessageBox.ButtonRole.RejectRole)
        self._open_dialog(box)


def _read_at_most(file: Path) -> bytes:
    """The beginning of a file: one byte more than is taken, so that a longer one is noticed."""
    with file.open("rb") as stream:
        return stream.read(MOST_BYTES + 1)
