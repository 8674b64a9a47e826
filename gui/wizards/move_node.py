"""The page for the node that a clustered machine moves to, and for how it gets there."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QFormLayout, QRadioButton, QWidget

from core.clusters.moving import credentials_problem, down_time
from core.clusters.steps import NodeWay
from core.hyperv.query import UnexpectedAnswer
from core.language import _
from core.remoting.errors import RemotingError
from core.wizards.move import MoveWizard
from core.wizards.wizard import Problem
from gui.panels.notice import text_label
from gui.wizards.help_link import Question
from gui.wizards.page import Page


class NodePage(Page):
    """The nodes with what is known of each; the best possible one is proposed."""

    def __init__(self, wizard: MoveWizard) -> None:
        super().__init__()
        self._wizard = wizard
        self._node = QComboBox()
        self._node.setObjectName("node")
        self._node.setAccessibleName(_("Node"))
        self._told = text_label()
        self._told.setObjectName("node_told")
        form = QFormLayout()
        form.addRow(_("N&ode:"), self._node)
        form.addRow("", self._told)
        self.column.addWidget(text_label(_("Which node of the cluster do you want to move the virtual machine to?")))
        self.column.addLayout(form)
        self.column.addWidget(text_label(_("How is it to get there?")))
        texts = {NodeWay.LIVE: _("&Live migration"), NodeWay.QUICK: _("&Quick migration")}
        for way, text in texts.items():
            button = QRadioButton(text)
            button.setObjectName(way.name.lower())
            button.setChecked(wizard.choices.node_way is way)
            button.clicked.connect(lambda _checked=False, way=way: self._choose_way(way))
            explanation = text_label(_explanation(wizard, way))
            explanation.setIndent(22)
            button.setAccessibleDescription(explanation.text())
            self.column.addWidget(button)
            self.column.addWidget(explanation)
        self.column.addStretch()
        self._node.activated.connect(self._choose_node)

    def question(self) -> Question:
        """What may be asked here."""
        return Question(_("Which node, and live or quick?"), "which-node-and-live-or-quick")

    def enter(self) -> None:
        """Show the nodes as they are known."""
        wizard, best = self._wizard, self._wizard.nodes.best
        self._node.clear()
        name = _("Best possible node ({node})").format(node=best.name) if best else _("Best possible node")
        self._node.addItem(name, "")
        for offer in wizard.nodes.offers:
            self._node.addItem(_("{node} ({words})").format(node=offer.name, words=offer.state.word), offer.name)
        self._node.setCurrentIndex(max(self._node.findData(wizard.choices.node), 0))
        self._tell()

    async def load(self) -> None:
        """Read the cluster; why it cannot be read is told at once."""
        try:
            await self._wizard.nodes.read()
        except RemotingError as error:
            self._told.setText(f"{error.sentence} {error.cause} {error.cure}")
            return
        except UnexpectedAnswer as error:
            self._told.setText(str(error))
            return
        self.enter()
        self.edited.emit()

    def answered(self, problems: tuple[Problem, ...]) -> None:
        """Show what the nodes have told anew; what the problems say is not said twice."""
        self.enter()
        if problems:
            self._told.clear()

    def first_field(self) -> QWidget:
        """The node."""
        return self._node

    def field(self, name: str) -> QWidget | None:
        """The node."""
        return self._node if name == "node" else None

    def _choose_node(self) -> None:
        self._wizard.choices.node = self._node.currentData()
        self._tell()
        self.edited.emit()

    def _choose_way(self, way: NodeWay) -> None:
        self._wizard.choices.node_way = way
        self.edited.emit()

    def _tell(self) -> None:
        """What is known of the node, or why the cluster changes nothing for this session: that is known beforehand."""
        chosen = self._wizard.nodes.chosen
        if (refused := credentials_problem(self._wizard.source_picture.connection)) is not None:
            self._told.setText(f"{refused.what} {refused.cure}")
        else:
            self._told.setText(chosen.words if chosen is not None else "")


def _explanation(wizard: MoveWizard, way: NodeWay) -> str:
    told = {
        NodeWay.LIVE: _("It goes on running while its memory is copied."),
        NodeWay.QUICK: _("It is saved, moved and restored: it stands still meanwhile."),
    }
    cost = _("Down time: {duration}").format(duration=down_time(wizard.machine, way))
    return f"{told[way]} {cost}"
