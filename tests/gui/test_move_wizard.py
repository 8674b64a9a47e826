"""The Move Wizard, clicked and typed through as a person would."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QRadioButton,
    QSpinBox,
    QTreeView,
    QTreeWidget,
    QWidget,
)

from gui.console import Console
from gui.credentials_dialog import CredentialsDialog
from gui.wizards.dialog import WizardDialog
from tests.gui.driving import click, dialog, find, go_to, open_wizard, retype, until
from tests.laboratory import RunningLab


async def test_the_route_is_that_of_hyper_v_manager(practice: Console) -> None:
    wizard = open_wizard(practice, "WEB01")
    assert wizard.windowTitle() == 'Move "WEB01" Wizard'
    names = [wizard.steps.item(row).text() for row in range(wizard.steps.count())]
    assert names == [
        "Before You Begin",
        "Choose Move Type",
        "Specify Destination",
        "Choose Move Options",
        "Virtual Machine",
        "Summary",
    ]
    assert wizard.heading.text() == "Before You Begin"
    assert not wizard.previous.isEnabled()
    assert wizard.commit.isHidden()
    await go_to(wizard, "summary")
    assert wizard.heading.text() == "Completing Move Wizard"
    assert wizard.next.isHidden()
    assert wizard.commit.text() == "&Move"


async def test_enter_goes_on_and_escape_cancels(practice: Console) -> None:
    wizard = open_wizard(practice, "WEB01")
    QTest.keyClick(wizard, Qt.Key.Key_Return)
    await until(lambda: wizard.current.key == "move_type")
    closed: list[int] = []
    wizard.finished.connect(closed.append)
    QTest.keyClick(wizard, Qt.Key.Key_Escape)
    assert closed == [0]


async def test_the_choices_change_the_route_at_once(practice: Console) -> None:
    wizard = open_wizard(practice, "FILE01")
    await go_to(wizard, "options")
    press(find(wizard, QRadioButton, "each_item"))
    assert names(wizard)[4:] == ["Advanced Options", "Summary"]
    press(find(wizard, QRadioButton, "machine_only"))
    assert names(wizard)[4:] == ["Summary"]
    press(find(wizard, QRadioButton, "each_item"))
    await go_to(wizard, "item_options")
    press(find(wizard, QRadioButton, "items"))
    assert names(wizard)[5:] == [
        *("Select Items", "FILE01.vhdx", "FILE01-Data.vhdx", "Configuration", "Checkpoints", "Smart Paging"),
        "Summary",
    ]
    await go_to(wizard, "items")
    items = find(wizard, QTreeWidget, "items")
    items.setFocus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Space):
        QTest.keyClick(items, key)
    assert names(wizard)[6:] == ["FILE01.vhdx", "FILE01-Data.vhdx", "Checkpoints", "Smart Paging", "Summary"]


async def test_a_host_is_rated_in_words_and_can_be_chosen_while_a_way_is_left(practice: Console) -> None:
    wizard = open_wizard(practice, "WEB01")
    await go_to(wizard, "destination")
    hosts = find(wizard, QTreeView, "destination_list")
    model = hosts.model()

    def rows() -> dict[str, tuple[bool, str]]:
        return {
            model.index(row, 0).data(): (
                bool(model.flags(model.index(row, 0)) & Qt.ItemFlag.ItemIsEnabled),
                model.index(row, 1).data(),
            )
            for row in range(model.rowCount())
        }

    await until(lambda: rows().get("HV-02") == (True, "Fits."))
    assert rows() == {"HV-02": (True, "Fits."), "HV-DR": (True, "Live migrations are not enabled on HV-DR.")}
    for row, chosen in ((1, "HV-DR"), (0, "HV-02")):
        place = hosts.visualRect(model.index(row, 0)).center()
        QTest.mouseClick(hosts.viewport(), Qt.MouseButton.LeftButton, pos=place)
        assert find(wizard, QLineEdit, "destination").text() == chosen
    assert find(wizard, QLabel, "destination_rating").text() == "Fits."


async def test_other_credentials_are_asked_for_where_the_saved_ones_do_not_fit(
    practice: Console, lab: RunningLab
) -> None:
    listed = lab.connection("HV-02", practice=True)
    await practice.estate.refresh(listed.key)
    wizard = open_wizard(practice, "WEB01")
    await go_to(wizard, "destination")
    retype(find(wizard, QLineEdit, "destination"), "HV-02")
    click(wizard, "other_credentials")
    asked = dialog(CredentialsDialog)
    assert asked.user_name.text() == listed.credential.user_name
    retype(asked.password, "wrong")
    click(asked, "ok")
    click(wizard, "next")
    await until(lambda: "HV-02 refused the sign-in." in wizard.notice.text)
    again = dialog(CredentialsDialog)
    retype(again.password, listed.credential.password)
    click(again, "ok")
    click(wizard, "next")
    await until(lambda: wizard.current.key == "options")


async def test_the_script_is_saved_as_windows_powershell_reads_it(practice: Console, tmp_path: Path) -> None:
    wizard = open_wizard(practice, "WEB01")
    await go_to(wizard, "summary")
    wizard.page.tabs.setCurrentIndex(1)
    click(wizard, "save_script")
    chooser = dialog(QFileDialog)
    file = tmp_path / "move.ps1"
    chooser.fileSelected.emit(str(file))
    chooser.reject()
    saved = file.read_bytes()
    assert saved.startswith("\ufeff".encode())
    shown = find(wizard, QPlainTextEdit, "script").toPlainText()
    assert saved.decode("utf-8-sig") == shown.replace("\n", "\r\n") + "\r\n"


async def test_the_estimate_follows_the_assumption(practice: Console) -> None:
    wizard = open_wizard(practice, "WEB01")
    await go_to(wizard, "summary")
    wizard.page.tabs.setCurrentIndex(2)
    how = find(wizard, QLabel, "how_computed")
    assert "The machine has 4 GB of memory in use." in how.text()
    before = how.text()
    assumption = find(wizard, QSpinBox, "assumption")
    assumption.setFocus()
    assumption.selectAll()
    QTest.keyClicks(assumption, "900")
    assert how.text() != before
    assert "900 MB/s" in how.text()


async def test_the_whole_wizard_is_walked_without_a_mouse(practice: Console) -> None:
    wizard = open_wizard(practice, "WEB01")

    async def press_next(key: str) -> None:
        QTest.keyClick(focused(wizard), Qt.Key.Key_Return)
        await until(lambda: wizard.current.key == key and not wizard.is_waiting)

    await press_next("move_type")
    assert focused(wizard).objectName() == "machine"
    await press_next("destination")
    QTest.keyClicks(focused(wizard), "hv-02")
    await press_next("options")
    QTest.keyClick(focused(wizard), Qt.Key.Key_Down)
    assert focused(wizard).objectName() == "each_item"
    await press_next("item_options")
    QTest.keyClick(focused(wizard), Qt.Key.Key_Down)
    await press_next("item disk SCSI 0:0")
    assert focused(wizard).objectName() == "folder"
    QTest.keyClick(focused(wizard), Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(focused(wizard), "D:\\Disks")
    await press_next("summary")
    assert focused(wizard).objectName() == "commit"
    QTest.keyClick(focused(wizard), Qt.Key.Key_Return)
    await until(lambda: practice.jobs.under_way)
    (status,) = practice.jobs.statuses
    assert status.plan is not None
    assert status.plan.end is not None
    assert status.plan.end.disks == ("D:\\Disks\\WEB01.vhdx",)


def focused(wizard: WizardDialog) -> QWidget:
    """Where keys go."""
    widget = wizard.focusWidget()
    assert widget is not None
    return widget


def press(button: QRadioButton) -> None:
    """Click the circle: beyond its text a radio button takes no click."""
    QTest.mouseClick(button, Qt.MouseButton.LeftButton, pos=QPoint(10, button.rect().center().y()))


def names(wizard: WizardDialog) -> list[str]:
    return [wizard.steps.item(row).text() for row in range(wizard.steps.count())]


async def test_a_problem_keeps_page_input_and_focus(practice: Console) -> None:
    wizard = open_wizard(practice, "WEB01")
    await go_to(wizard, "destination")
    name = find(wizard, QLineEdit, "destination")
    click(wizard, "next")
    await until(lambda: "No destination computer is named." in wizard.notice.text)
    retype(name, "HV-01")
    assert wizard.notice.text == ""
    click(wizard, "next")
    await until(lambda: "WEB01 is on HV-01 already." in wizard.notice.text)
    assert "Choose another computer." in wizard.notice.text
    assert wizard.current.key == "destination"
    assert name.text() == "HV-01"
    assert QApplication.focusWidget() in (name, name.parent())
    assert wizard.next.isEnabled()


async def test_back_keeps_input(practice: Console) -> None:
    wizard = open_wizard(practice, "WEB01")
    await go_to(wizard, "location")
    retype(find(wizard, QLineEdit, "folder"), "D:\\Elsewhere\\WEB01")
    click(wizard, "previous")
    click(wizard, "previous")
    assert wizard.current.key == "destination"
    assert find(wizard, QLineEdit, "destination").text() == "HV-02"
    await go_to(wizard, "location")
    assert find(wizard, QLineEdit, "folder").text() == "D:\\Elsewhere\\WEB01"


async def test_visited_steps_can_be_clicked(practice: Console) -> None:
    wizard = open_wizard(practice, "WEB01")
    await go_to(wizard, "location")
    assert not wizard.steps.item(5).flags() & Qt.ItemFlag.ItemIsEnabled
    for row, key in ((1, "move_type"), (4, "location")):
        place = wizard.steps.visualItemRect(wizard.steps.item(row)).center()
        QTest.mouseClick(wizard.steps.viewport(), Qt.MouseButton.LeftButton, pos=place)
        await until(lambda key=key: wizard.current.key == key and not wizard.is_waiting)


async def test_size_and_room_are_shown_and_too_little_room_is_a_problem(practice: Console) -> None:
    wizard = open_wizard(practice, "WEB01")
    await go_to(wizard, "location")
    assert find(wizard, QLabel, "size").text() == "27.5 GB"
    assert find(wizard, QLabel, "free_space").text().endswith("of 1.8 TB on drive D:")
    retype(find(wizard, QLineEdit, "folder"), "E:\\VMs\\WEB01")
    assert find(wizard, QLabel, "free_space").text() == "10 GB of 200 GB on drive E:"
    click(wizard, "next")
    await until(lambda: "has 10 GB free, but the disks need 27.5 GB" in wizard.notice.text)


async def test_the_script_is_that_of_the_plan(practice: Console) -> None:
    wizard = open_wizard(practice, "WEB01")
    await go_to(wizard, "summary")
    shown = find(wizard, QPlainTextEdit, "script").toPlainText()
    title, frame, call, end = shown.splitlines()
    assert title == "# HV-01: Move WEB01 to HV-02"
    assert frame.startswith("Invoke-Command -ComputerName '127.0.0.1' -Port ")
    assert frame.endswith(" -ScriptBlock {")
    assert call.startswith("    Get-VM -Id '")
    assert call.endswith(
        "| Move-VM -DestinationHost 'HV-02.contoso.example' -IncludeStorage -DestinationStoragePath 'D:\\VMs\\WEB01'"
    )
    assert end == "}"
    wizard.page.tabs.setCurrentIndex(1)
    click(wizard, "copy_script")
    assert QGuiApplication.clipboard().text() == shown


async def test_a_plan_that_no_longer_fits_is_explained_and_nothing_is_lost(practice: Console, lab: RunningLab) -> None:
    wizard = open_wizard(practice, "WEB01")
    await go_to(wizard, "summary")
    plan = await wizard.wizard.plan()
    await practice.jobs.start(plan)
    await until(lambda: practice.window.jobs.rows and practice.window.jobs.rows[1].detail.text())
    lab.advance(3600)
    await until(lambda: not practice.jobs.under_way)
    click(wizard, "commit")
    await until(lambda: "WEB01 is no longer on HV-01. Nothing was sent." in wizard.notice.text)
    assert wizard.isVisible()
    assert wizard.current.key == "summary"
    assert len(practice.jobs.statuses) == 1


async def test_a_wizard_that_is_open_comes_to_the_front(practice: Console) -> None:
    wizard = open_wizard(practice, "WEB01")
    practice.window.actions_offered.move_machine.trigger()
    open_now = [each for each in QApplication.topLevelWidgets() if isinstance(each, WizardDialog) and each.isVisible()]
    assert open_now == [wizard]


async def test_cancel_stops_the_wait_before_it_closes_the_wizard(practice: Console) -> None:
    wizard = open_wizard(practice, "WEB01")
    await go_to(wizard, "destination")
    retype(find(wizard, QLineEdit, "destination"), "HV-02")
    click(wizard, "next")
    assert wizard.is_waiting
    click(wizard, "cancel")
    assert not wizard.is_waiting
    assert wizard.isVisible()
    assert "The check was stopped." in wizard.notice.text
    assert wizard.current.key == "destination"
    click(wizard, "cancel")
    assert not wizard.isVisible()


async def hold_back_the_start(practice: Console, lab: RunningLab) -> WizardDialog:
    """Choose Move while HV-01 holds its answers back."""
    wizard = open_wizard(practice, "WEB01")
    await go_to(wizard, "summary")
    lab.control("PUT", "/hosts/HV-01/disturbances", [{"kind": "stall", "action": "Receive"}])
    click(wizard, "commit")
    await until(lambda: "Reading the virtual machine once more" in wizard.notice.text)
    return wizard


async def nothing_was_sent(practice: Console, lab: RunningLab) -> None:
    lab.control("DELETE", "/hosts/HV-01/disturbances")
    source = practice.estate.pictures[0].key
    await practice.estate.refresh(source)
    await practice.estate.reread(source)
    assert practice.jobs.statuses == ()
    assert not any(entry["cmdlet"] == "Move-VM" for entry in lab.received())


async def test_cancel_at_the_last_moment_sends_nothing(practice: Console, lab: RunningLab) -> None:
    wizard = await hold_back_the_start(practice, lab)
    click(wizard, "cancel")
    assert wizard.isVisible()
    assert not wizard.is_waiting
    assert "The check was stopped. Nothing was changed." in wizard.notice.text
    await nothing_was_sent(practice, lab)
    assert "The check was stopped." in wizard.notice.text
    click(wizard, "commit")
    await until(lambda: practice.jobs.under_way)


async def test_closing_at_the_last_moment_sends_nothing(practice: Console, lab: RunningLab) -> None:
    wizard = await hold_back_the_start(practice, lab)
    wizard.close()
    assert not wizard.isVisible()
    await nothing_was_sent(practice, lab)


async def test_a_name_that_is_no_name_is_a_problem(practice: Console) -> None:
    wizard = open_wizard(practice, "WEB01")
    await go_to(wizard, "destination")
    retype(find(wizard, QLineEdit, "destination"), "http://hv02")
    click(wizard, "next")
    await until(lambda: "http://hv02 is the address of a web page" in wizard.notice.text)
    assert wizard.current.key == "destination"


async def test_a_host_that_falls_silent_is_a_problem_and_not_a_crash(practice: Console, lab: RunningLab) -> None:
    wizard = open_wizard(practice, "WEB01")
    await go_to(wizard, "destination")
    retype(find(wizard, QLineEdit, "destination"), "HV-02")
    lab.process.kill()
    lab.process.wait()
    click(wizard, "next")
    await until(lambda: not wizard.is_waiting)
    assert "HV-01" in wizard.notice.text
    assert wizard.current.key == "destination"


async def test_the_first_page_stays_away_once_it_is_not_wanted(practice: Console) -> None:
    wizard = open_wizard(practice, "WEB01")
    assert wizard.current.key == "before_you_begin"
    find(wizard, QCheckBox, "never_again").click()
    wizard.close()
    await until(lambda: not wizard.isVisible())
    again = open_wizard(practice, "WEB01")
    assert again.current.key == "move_type"
    again.close()
