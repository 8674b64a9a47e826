"""The role that the selected machine is in a failover cluster: what its host says when it is asked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedLayout, QWidget

from core.language import _
from gui import theme
from gui.panels.facts import Facts, scrolled
from gui.panels.notice import text_label

if TYPE_CHECKING:
    from core.clusters.owners import Owners
    from core.clusters.picture import Role


class RoleTab(QWidget):
    """Shows a role with its owners, or why there is nothing to show."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("role_tab")
        self._facts = Facts(
            "role_facts",
            (
                (_("Role:"), _("Owner node:")),
                (_("Status:"), _("Preferred owners:")),
                (_("Cluster:"), _("Possible owners:")),
            ),
        )
        self._said = text_label(selectable=True)
        self._said.setObjectName("role_said")
        self._said.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self._said.setContentsMargins(8, 12, 8, 8)
        theme.look(self._said, "surface")
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self._said)
        self._pages.addWidget(scrolled(self._facts, _("Failover Cluster")))

    def say(self, text: str) -> None:
        """Show a sentence in the place of values."""
        self._said.setText(text)
        self._pages.setCurrentIndex(0)

    def show_role(self, role: Role | None, owners: Owners, cluster: str) -> None:
        """Show what the host says; ``cluster`` is the name of its cluster, empty where it is not known."""
        if role is None:
            self.say(_("The cluster knows no role of this virtual machine."))
            return
        self._facts.show_values(
            (
                role.name,
                role.owner,
                role.state.word,
                _nodes(owners.preferred) or _("None"),
                cluster or _("Not known"),
                _nodes(owners.possible) or _("Not known"),
            )
        )
        self._pages.setCurrentIndex(1)


def _nodes(names: Iterable[str]) -> str:
    return ", ".join(sorted(name.upper() for name in names))
