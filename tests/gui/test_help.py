"""Help: each question of a wizard page leads to its answer, the guide needs no network, and the bundle is one click."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit

from core.support.licences import version
from core.support.log import lines
from gui.console import Console
from gui.help.about import AboutDialog
from gui.help.bundle_dialog import BundleDialog
from gui.help.guide import FOLDER, GUIDE, GuideText, GuideWindow, anchor
from gui.wizards.help_link import HelpLink
from tests.gui.driving import click, dialog, find, open_wizard, until
from tests.laboratory import RunningLab

LINK = re.compile(r"!?\[[^\]]*\]\(([^)]+)\)")
ASKED = re.compile(r'Question\(\s*_\("[^"]+"\),\s*"([^"]+)"')


def headings(file: str) -> set[str]:
    lines = (FOLDER / file).read_text(encoding="utf-8").splitlines()
    return {anchor(line.lstrip("# ")) for line in lines if line.startswith("#")}


def test_every_question_of_a_page_is_answered_in_the_guide() -> None:
    pages = Path(FOLDER.parent / "gui" / "wizards").glob("*.py")
    asked = {heading for file in pages for heading in ASKED.findall(file.read_text(encoding="utf-8"))}
    assert len(asked) >= 11
    assert asked <= headings(GUIDE)


@pytest.mark.parametrize("file", [GUIDE, "connections.md", "limits.md"])
def test_every_link_of_the_guide_leads_somewhere(file: str) -> None:
    links = LINK.findall((FOLDER / file).read_text(encoding="utf-8"))
    lost = []
    for link in links:
        name, _mark, heading = link.partition("#")
        target = FOLDER / (name or file)
        if not target.is_file() or (heading and heading not in headings(name or file)):
            lost.append(link)
    assert not lost
    assert not [link for link in links if "://" in link], "the guide is read without a network"


def test_pictures_of_the_guide_are_small() -> None:
    pictures = list((FOLDER / "images").glob("*.png"))
    sizes = {picture.name: picture.stat().st_size for picture in pictures}
    assert len(sizes) > 8
    assert max(sizes.values()) < 60_000
    assert sum(sizes.values()) < 1_000_000


def test_the_guide_opens_at_a_heading_and_follows_its_links(qapp: QApplication) -> None:
    text = GuideText()
    text.resize(700, 400)
    text.show()
    text.open(GUIDE, "why-has-a-job-failed")
    assert text.heading() == "Why has a job failed?"
    assert 0 <= text.cursorRect().top() < 60
    text.anchorClicked.emit(QUrl("#the-journal"))
    assert text.heading() == "The journal"
    text.anchorClicked.emit(QUrl("connections.md"))
    assert text.heading() == "Connections"
    text.anchorClicked.emit(QUrl("https://contoso.example/"))
    assert text.heading() == "Connections"
    picture = (FOLDER / "images" / "start-page.png").stat()
    assert picture.st_size > 0
    text.open(GUIDE)
    assert text.heading() == "VM Ferry: user guide"
    image = text.loadResource(2, QUrl.fromLocalFile(str(FOLDER / "images" / "start-page.png")))
    assert image is not None


async def test_a_wizard_page_opens_the_guide_at_its_question(practice: Console) -> None:
    wizard = open_wizard(practice, "WEB01")
    link = find(wizard, HelpLink, "help")
    assert link.text() == "What has to be in place before a move?"
    link.click()
    guide = dialog(GuideWindow)
    assert guide.text.heading() == link.text()
    guide.close()
    click(wizard, "next")
    await until(lambda: wizard.current.key == "move_type")
    wizard.activateWindow()
    await until(wizard.isActiveWindow)
    QTest.keyClick(wizard, Qt.Key.Key_F1)
    assert dialog(GuideWindow).text.heading() == "What is moved: the machine or its storage?"
    practice.window.actions_offered.show_guide.trigger()
    assert dialog(GuideWindow).text.heading() == "VM Ferry: user guide"


class Desktop(QObject):
    """Stands for the file manager of this computer, as Qt provides for it."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.opened.append(url.toLocalFile())


@pytest.fixture
def desktop() -> Iterator[Desktop]:
    desktop = Desktop()
    QDesktopServices.setUrlHandler("file", desktop, "open")
    yield desktop
    QDesktopServices.unsetUrlHandler("file")


async def test_the_log_folder_and_the_support_bundle_are_one_click_away(
    practice: Console, desktop: Desktop, tmp_path: Path
) -> None:
    offered = practice.window.actions_offered
    offered.open_log.trigger()
    assert desktop.opened == [str(tmp_path / "data" / "log")]
    offered.save_bundle.trigger()
    bundle = dialog(BundleDialog)
    bundle.names.setChecked(True)
    for folder, kind in ((tmp_path / "nowhere", "error"), (tmp_path, "info")):
        bundle.chosen.emit(str(folder / "bundle.zip"), True)
        await until(lambda kind=kind: bundle.notice.kind == kind)
    with zipfile.ZipFile(tmp_path / "bundle.zip") as archive:
        whole = b"".join(map(archive.read, archive.namelist())).decode()
    assert f'"VM Ferry": "{version()}"' in whole
    for picture in practice.estate.pictures:
        password = picture.connection.credential.password
        assert password
        assert password not in whole
    click(bundle, "save_bundle")
    files = find(bundle, QFileDialog, "bundle_file")
    assert files.acceptMode() is QFileDialog.AcceptMode.AcceptSave
    assert find(files, QLineEdit, "fileNameEdit").text() == "vmferry-support.zip"
    files.reject()
    bundle.reject()


async def test_about_tells_version_and_licences(console: Console) -> None:
    console.window.actions_offered.about.trigger()
    told = dialog(AboutDialog).licences.toPlainText()
    for package in ("vmferry", "PySide6_Essentials", "pypsrp", "keyring"):
        assert f"\n{package} " in told
    assert told.count("GNU LESSER GENERAL PUBLIC LICENSE") >= 1
    assert told.count("Everyone is permitted to copy and distribute verbatim copies") == 2


def test_the_folder_of_the_log_is_there_before_it_is_opened(console: Console, tmp_path: Path) -> None:
    assert (tmp_path / "data" / "log").is_dir()


async def test_a_call_that_fails_is_in_the_log_with_its_host(
    practice: Console, lab: RunningLab, tmp_path: Path
) -> None:
    folder = tmp_path / "data" / "log"
    assert not lines(folder)
    lab.process.kill()
    lab.process.wait()
    practice.window.actions_offered.refresh.trigger()
    await until(lambda: practice.window.banner.failure.text)
    failed = next(line for line in lines(folder) if line["host"] == "HV-01")
    assert (failed["event"], failed["what"]) == ("failed", "ConnectionRefused")
    assert "HV-01 refused the connection." in failed["detail"]
