"""The pages of the Move Wizard on which a way is chosen, and which page belongs to which step."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from core.language import _
from core.wizards.move import MoveWizard
from core.wizards.move_choices import ItemOption, MoveOption, MoveType, StorageOption
from core.wizards.wizard import Step
from gui.preferences import Preferences
from gui.tasks import Tasks
from gui.wizards.choice_page import Choice, ChoicePage
from gui.wizards.help_link import Question
from gui.wizards.introduction import IntroductionPage, IntroductionTexts
from gui.wizards.move_destination import DestinationPage
from gui.wizards.move_export import ExportPage
from gui.wizards.move_items import ItemsPage
from gui.wizards.move_network import NetworkPage
from gui.wizards.move_node import NodePage
from gui.wizards.move_place import PlacePage
from gui.wizards.move_summary import MoveSummaryPage
from gui.wizards.move_way import WayPage
from gui.wizards.page import Page


def move_page(wizard: MoveWizard, tasks: Tasks, preferences: Preferences, step: Step) -> Page:
    """The page for a step of ``wizard``."""
    kinds: dict[str, Callable[[], Page]] = {
        wizard.BEFORE: partial(before_page, wizard, preferences),
        wizard.TYPE: partial(TypePage, wizard),
        wizard.DESTINATION: partial(DestinationPage, wizard),
        wizard.NODE: partial(NodePage, wizard),
        wizard.WAY: partial(WayPage, wizard),
        wizard.EXPORT: partial(ExportPage, wizard, tasks),
        wizard.OPTIONS: partial(OptionsPage, wizard),
        wizard.ITEM_OPTIONS: partial(ItemOptionsPage, wizard),
        wizard.STORAGE_OPTIONS: partial(StorageOptionsPage, wizard),
        wizard.LOCATION: partial(PlacePage, wizard, step, tasks),
        wizard.ITEMS: partial(ItemsPage, wizard),
        wizard.ITEM: partial(PlacePage, wizard, step, tasks),
        wizard.NETWORK: partial(NetworkPage, wizard, step),
        wizard.SUMMARY: partial(MoveSummaryPage, wizard),
    }
    return kinds[step.page]()


def before_page(wizard: MoveWizard, preferences: Preferences) -> IntroductionPage:
    """What the wizard does, and what has to be in place."""
    names = {"machine": wizard.machine.name, "host": wizard.source.name}
    paragraphs = (
        _(
            "This wizard moves the virtual machine {machine} from {host} to another computer, or its files to"
            " another place on {host}."
        ).format(**names),
        _(
            "The machine is moved with its configuration, its checkpoints and its virtual hard disks. A"
            " running machine goes on running while it is moved."
        ),
        _("Before you move it to another computer, make sure that:"),
    )
    conditions = (
        _("Live migrations are enabled on both computers."),
        _("The computers may act for you on each other, by delegation in Active Directory or CredSSP."),
        _("The destination has room for the virtual hard disks and memory for the virtual machine."),
    )
    texts = IntroductionTexts(
        paragraphs,
        conditions,
        _("Nothing is changed before you choose Move on the last page."),
        Question(_("What has to be in place before a move?"), "what-has-to-be-in-place-before-a-move"),
    )
    return IntroductionPage(
        texts,
        is_shown=preferences.introduces_moves,
        show_again=lambda wanted: setattr(preferences, "introduces_moves", wanted),
    )


class TypePage(ChoicePage[MoveType]):
    """What is moved."""

    def __init__(self, wizard: MoveWizard) -> None:
        choices: tuple[Choice[MoveType], ...] = (
            Choice(
                MoveType.MACHINE,
                _("Move the &virtual machine"),
                _("Moves the virtual machine, with or without its data, to another computer."),
            ),
            Choice(
                MoveType.STORAGE,
                _("Move the virtual machine's &storage"),
                _("Moves only the virtual machine's data; the machine stays on this computer."),
            ),
        )
        if wizard.machine.is_clustered:
            node = Choice(
                MoveType.NODE,
                _("Move the virtual machine to another &node"),
                _("The cluster moves it, live or quickly; its data stays on the storage that the nodes share."),
            )
            choices = (node, *choices)
        elif wizard.nodes.has_clusters:
            into = Choice(
                MoveType.INTO_CLUSTER,
                _("Move the virtual machine into a failover &cluster"),
                _("It goes to a node, onto storage that all nodes share, and becomes a role of the cluster."),
            )
            choices = (*choices, into)
        super().__init__(
            _("What do you want to move?"),
            choices,
            wizard.choices.move_type,
            lambda value: setattr(wizard.choices, "move_type", value),
        )

    def question(self) -> Question:
        """What may be asked here."""
        return Question(_("What is moved: the machine or its storage?"), "what-is-moved-the-machine-or-its-storage")


class OptionsPage(ChoicePage[MoveOption]):
    """Where the data of a machine goes that moves to another host."""

    def __init__(self, wizard: MoveWizard) -> None:
        choices = (
            Choice(
                MoveOption.SINGLE_LOCATION,
                _("Move the virtual machine's data to a &single location"),
                _("Everything that belongs to the virtual machine goes to one folder of your choice."),
            ),
            Choice(
                MoveOption.EACH_ITEM,
                _("Move the virtual machine's data by selecting where to move the &items"),
                _("Each virtual hard disk, the configuration and the checkpoints go where you say."),
            ),
            Choice(
                MoveOption.MACHINE_ONLY,
                _("Move &only the virtual machine"),
                _("The data stays where it is, on a share that both computers reach."),
            ),
        )
        super().__init__(
            _("Where do you want to move the virtual machine's data?"),
            choices,
            wizard.choices.option,
            lambda value: setattr(wizard.choices, "option", value),
        )

    def question(self) -> Question:
        """What may be asked here."""
        return Question(_("Which move option is the right one?"), "which-move-option-is-the-right-one")


class ItemOptionsPage(ChoicePage[ItemOption]):
    """How the places of the items are chosen."""

    def __init__(self, wizard: MoveWizard) -> None:
        choices = (
            Choice(
                ItemOption.SAME_PATHS,
                _("Move the virtual machine's data &automatically"),
                _("Everything gets the same paths on the destination. What is on a share stays there."),
            ),
            Choice(
                ItemOption.DISKS,
                _("Move the virtual machine's virtual hard &disks to different locations"),
                _("You choose a folder for each virtual hard disk; the rest gets the same paths."),
            ),
            Choice(
                ItemOption.ITEMS,
                _("Move the virtual machine's &items to different locations"),
                _("You choose which items move, and a folder for each of them."),
            ),
        )
        super().__init__(
            _("How do you want to choose where the items go?"),
            choices,
            wizard.choices.item_option,
            lambda value: setattr(wizard.choices, "item_option", value),
        )

    def question(self) -> Question:
        """What may be asked here."""
        return Question(_("How can the items be distributed?"), "how-can-the-items-be-distributed")


class StorageOptionsPage(ChoicePage[StorageOption]):
    """Which data moves within its host, and where to."""

    def __init__(self, wizard: MoveWizard) -> None:
        choices = (
            Choice(
                StorageOption.SINGLE_LOCATION,
                _("Move all of the virtual machine's data to a &single location"),
                _("Everything that belongs to the virtual machine goes to one folder of your choice."),
            ),
            Choice(
                StorageOption.ITEMS,
                _("Move the virtual machine's data to &different locations"),
                _("You choose which items move, and a folder for each of them."),
            ),
            Choice(
                StorageOption.DISKS,
                _("Move only the virtual machine's virtual &hard disks"),
                _("You choose a folder for each virtual hard disk; the rest stays where it is."),
            ),
        )
        super().__init__(
            _("Which data do you want to move, and where to?"),
            choices,
            wizard.choices.storage_option,
            lambda value: setattr(wizard.choices, "storage_option", value),
        )

    def question(self) -> Question:
        """What may be asked here."""
        return Question(_("Which data can move within a host?"), "which-data-can-move-within-a-host")
