"""Chooses a certificate of a host for Hyper-V Replica: each with the verdict on it, or a thumbprint that is pasted."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from core.language import _
from core.replication.certificates import Verdict, clean_thumbprint, thumbprint_fault
from gui.form import add_row, button_row, dialog_column, form_layout, line_edit
from gui.icons import icon
from gui.panels.notice import Notice, text_label
from gui.plain_text import tip

_THUMBPRINT = Qt.ItemDataRole.UserRole


class CertificateDialog(QDialog):
    """``chosen`` is emitted with the thumbprint of a certificate that can be used; no other can be chosen."""

    chosen = Signal(str)

    def __init__(self, host: str, verdicts: Sequence[Verdict], thumbprint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("select_certificate")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Select Certificate"))
        self.resize(760, 430)
        self._host = host
        self._verdicts = {each.certificate.thumbprint.upper(): each for each in verdicts}
        self.table = _table(verdicts)
        self.table.itemSelectionChanged.connect(self._point_to)
        self.table.itemActivated.connect(lambda _item, _column: self._choose())
        self.thumbprint = line_edit("thumbprint", _("Thumbprint"))
        self.thumbprint.textEdited.connect(self._typed)
        self.notice = Notice()
        form = form_layout()
        add_row(form, _("&Thumbprint:"), self.thumbprint)
        column = dialog_column(self)
        words = _("These are the certificates in the personal store of {host}. Choose one, or paste its thumbprint.")
        column.addWidget(text_label(words.format(host=host)))
        column.addWidget(self.table, 1)
        column.addLayout(form)
        column.addWidget(self.notice)
        column.addLayout(button_row("ok", _("OK"), self._choose, self))
        self._select(clean_thumbprint(thumbprint))
        if not verdicts:
            self.notice.say("warning", *_no_certificates(host))
        self.table.setFocus()

    def _select(self, thumbprint: str) -> None:
        """Select the certificate with this thumbprint, else the first."""
        rows = [self.table.topLevelItem(number) for number in range(self.table.topLevelItemCount())]
        row = next((each for each in rows if each.data(0, _THUMBPRINT) == thumbprint), rows[0] if rows else None)
        self.table.setCurrentItem(row)

    def _point_to(self) -> None:
        items = self.table.selectedItems()
        if items:
            self.thumbprint.setText(items[0].data(0, _THUMBPRINT))
            self._show_verdict()

    def _typed(self) -> None:
        """Point to the certificate whose thumbprint was typed or pasted, cleaned of what Windows copies along."""
        thumbprint = clean_thumbprint(self.thumbprint.text())
        self.table.blockSignals(True)
        self.table.clearSelection()
        if thumbprint in self._verdicts:
            self._select(thumbprint)
            self.thumbprint.setText(thumbprint)
        self.table.blockSignals(False)
        self._show_verdict()

    def _show_verdict(self) -> None:
        found = self._verdicts.get(clean_thumbprint(self.thumbprint.text()))
        if found is None:
            self.notice.clear()
        elif found.qualifies:
            self.notice.say("info", found.words)
        else:
            what = _("The certificate {name} cannot be used.").format(name=found.certificate.title)
            self.notice.say("warning", what, "\n".join(found.faults))

    def _choose(self) -> None:
        thumbprint = clean_thumbprint(self.thumbprint.text())
        found = self._verdicts.get(thumbprint)
        fault = thumbprint_fault(thumbprint)
        if fault is None and found is None:
            words = _("There is no certificate with the thumbprint {thumbprint} in the personal store of {host}.")
            fault = words.format(thumbprint=thumbprint, host=self._host)
        if fault is not None:
            self.notice.say("warning", fault, _("Choose one of the list, or paste another thumbprint."))
            self.thumbprint.setFocus()
        elif found is not None and not found.qualifies:
            self._show_verdict()
        else:
            self.chosen.emit(thumbprint)
            self.accept()


def _no_certificates(host: str) -> tuple[str, str]:
    return (
        _("There are no certificates in the personal store of {host}.").format(host=host),
        _("Have one issued to the full name of the host, for client and server authentication."),
    )


def _table(verdicts: Sequence[Verdict]) -> QTreeWidget:
    table = QTreeWidget()
    table.setObjectName("certificates")
    table.setAccessibleName(_("Certificates"))
    table.setHeaderLabels((_("Certificate"), _("Issued to"), _("Issued by"), _("Valid until"), _("Can be used")))
    table.setRootIsDecorated(False)
    table.setUniformRowHeights(True)
    table.setAllColumnsShowFocus(True)
    for each in verdicts:
        certificate = each.certificate
        verdict = _("Yes") if each.qualifies else each.words
        texts = [certificate.title, ", ".join(certificate.names), _name_of(certificate.issuer), _until(each), verdict]
        row = QTreeWidgetItem(texts)
        row.setData(0, _THUMBPRINT, certificate.thumbprint.upper())
        row.setIcon(4, icon("completed" if each.qualifies else "error"))
        for column, text in enumerate(texts):
            row.setToolTip(column, tip(text))
        table.addTopLevelItem(row)
    for column, width in enumerate((120, 170, 130, 90)):
        table.setColumnWidth(column, width)
    table.header().setSectionResizeMode(4, QHeaderView.ResizeMode.Stretch)
    return table


def _name_of(subject: str) -> str:
    """The first value of a distinguished name."""
    return subject.partition(",")[0].partition("=")[2] or subject


def _until(verdict: Verdict) -> str:
    try:
        return verdict.certificate.valid_until.date().isoformat()
    except ValueError:
        return ""
