"""What the user can ask for. Menus, context menus and the Actions pane show the same objects."""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence

from core.language import _
from gui.action import make_action
from gui.machines.actions import MachineActions


class Actions(QObject):
    """Every action of the main window."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.connect_to_server = self._action("connect", _("&Connect to Server..."), "connect")
        self.add_this_computer = self._action("add_this_computer", _("Add &This Computer..."), "host")
        self.add_this_computer.setVisible(sys.platform == "win32")
        self.edit_server = self._action("edit_server", _("&Settings of the Server..."), None)
        self.sign_in = self._action("sign_in", _("Sign &In..."), None)
        self.remove_server = self._action("remove_server", _("Remove from the &List..."), None)
        self.new_group = self._action("new_group", _("&New Group..."), "group")
        self.rename_group = self._action("rename_group", _("Rena&me Group..."), None)
        self.remove_group = self._action("remove_group", _("Remove &Group"), None)
        self.import_servers = self._action("import_servers", _("&Import Servers..."), None)
        self.export_servers = self._action("export_servers", _("&Export Servers..."), None)
        self.open_practice = self._action("open_practice", _("Open the &Practice Lab"), "practice")
        self.refresh = self._action("refresh", _("&Refresh"), "refresh")
        self.refresh.setShortcut(QKeySequence.StandardKey.Refresh)
        self.machines = MachineActions(self)
        self.move_machine = self.machines.move
        self.import_machine = self._action("import_machine", _("Import Virtual Mac&hine..."), "import")
        self.host_settings = self._action("host_settings", _("H&yper-V Settings..."), "settings")
        self.configure_replication = self._action(
            "configure_replication", _("Replication C&onfiguration..."), "replication-wizard"
        )
        self.evacuate_host = self._action("evacuate_host", _("Evacuate Host..."), "move")
        self.return_machines = self._action("return_machines", _("Return Machines..."), "revert")
        self.recovery_plan = self._action("recovery_plan", _("Recovery &Plan..."), None)
        self.show_redundancy = self._action("redundancy", _("Re&dundancy"), "host")
        self.choose_columns = self._action("choose_columns", _("Add/Remove &Columns..."), None)
        self.filter_list = self._action("filter_list", _("&Filter"), None)
        self.filter_list.setShortcut(QKeySequence.StandardKey.Find)
        self.copy_rows = self._action("copy_rows", _("&Copy"), None)
        # The key is for whatever has the focus: the menus only show it.
        self.copy_rows.setShortcut(QKeySequence.StandardKey.Copy)
        self.copy_rows.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.export_list = self._action("export_list", _("Export &List..."), None)
        self.exit = self._action("exit", _("E&xit"), None)
        self.show_actions_pane = self._action("show_actions_pane", _("&Actions Pane"), None)
        self.show_jobs = self._action("show_jobs", _("&Jobs"), None)
        for action in (self.show_actions_pane, self.show_jobs):
            action.setCheckable(True)
            action.setChecked(True)
        self.show_replications = self._action("replications", _("&Replication of All Hosts..."), "replica")
        self.show_journal = self._action("journal", _("J&ournal..."), "journal")
        self.show_guide = self._action("show_guide", _("User &Guide"), None)
        self.show_guide.setShortcut(QKeySequence.StandardKey.HelpContents)
        self.open_log = self._action("open_log", _("Open &Log Folder"), None)
        self.save_bundle = self._action("save_bundle", _("Save &Support Bundle..."), None)
        self.about = self._action("about", _("&About VM Ferry"), "info")

    def offer(self, *, is_ready: bool, has_practice: bool, has_host: bool) -> None:
        """Offer what can be done now with the list of hosts, and nothing else."""
        self.connect_to_server.setEnabled(is_ready)
        self.show_journal.setEnabled(is_ready)
        self.show_replications.setEnabled(is_ready)
        self.recovery_plan.setEnabled(is_ready)
        self.open_practice.setEnabled(is_ready and not has_practice)
        self.open_practice.setVisible(not has_practice)
        self.refresh.setEnabled(has_host)
        self.configure_replication.setEnabled(has_host)
        self.show_redundancy.setEnabled(has_host)

    def offer_list(self, *, is_listed: bool, has_selection: bool) -> None:
        """Offer what can be done with the list of machines: there is one, and something is selected in it."""
        for action in (self.choose_columns, self.filter_list, self.export_list):
            action.setEnabled(is_listed)
        self.copy_rows.setEnabled(has_selection)

    def offer_profiles(self, *, is_ready: bool, is_kept: bool, has_group: bool, has_servers: bool) -> None:
        """Offer what can be done with the list of servers: the selected one is kept, or a group is selected."""
        for action in (self.new_group, self.import_servers, self.add_this_computer):
            action.setEnabled(is_ready)
        self.export_servers.setEnabled(is_ready and has_servers)
        for action in (self.edit_server, self.sign_in, self.remove_server):
            action.setEnabled(is_kept)
            action.setVisible(is_kept)
        for action in (self.rename_group, self.remove_group):
            action.setEnabled(has_group)
            action.setVisible(has_group)

    def _action(self, name: str, text: str, icon_name: str | None) -> QAction:
        return make_action(self, name, text, icon_name)
