"""The language of the window: that of the program's texts, and the same for what Qt says itself."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from core import language


def translate(app: QApplication, wanted: str | None = None, catalogues: Path = language.CATALOGUES) -> None:
    """Use the language ``wanted`` (such as ``de``), else the user's, as far as ``catalogues`` has it; else English.

    Qt's own texts (the menus of fields, standard buttons) follow where Qt has the language.
    """
    chosen = language.choose([wanted] if wanted else QLocale.system().uiLanguages(), catalogues)
    if QLocale(chosen).language() is not QLocale.system().language():
        # The user's own country decides how dates are written, unless the texts are in another language.
        QLocale.setDefault(QLocale(chosen))
    translator = QTranslator(app)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if translator.load(QLocale(chosen), "qtbase", "_", folder):
        app.installTranslator(translator)
