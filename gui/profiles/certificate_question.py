"""Shows the certificate of a server and asks whether it is to be trusted."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from core.language import _
from core.remoting.certificates import Certificate
from gui import theme
from gui.form import form_layout
from gui.icons import icon
from gui.panels.notice import text_label

_WIDTH = 560


class CertificateQuestion(QDialog):
    """``trusted`` is emitted with the fingerprint that the user trusts; not to trust it is the default."""

    trusted = Signal(str)

    def __init__(self, host: str, certificate: Certificate, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("certificate_question")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Certificate of {host}").format(host=host))
        self.setWindowIcon(icon("warning"))
        self._fingerprint = certificate.fingerprint
        form = form_layout()
        half = len(certificate.shown_fingerprint) // 2 + 1
        fingerprint = certificate.shown_fingerprint
        day = "%Y-%m-%d %H:%M"
        rows = (
            (_("Issued to:"), certificate.subject),
            (_("Issued by:"), certificate.issuer),
            (_("For the names:"), ", ".join(certificate.names) or _("none")),
            (_("Valid from:"), certificate.not_before.astimezone().strftime(day)),
            (_("Valid until:"), certificate.not_after.astimezone().strftime(day)),
            (_("SHA-256 fingerprint:"), f"{fingerprint[:half]}\n{fingerprint[half:]}"),
        )
        for title, value in rows:
            label = text_label(value, selectable=True)
            label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
            if value.startswith(fingerprint[:half]):
                label.setFont(theme.fixed_font())
                label.setObjectName("shown_fingerprint")
            form.addRow(QLabel(title), label)
        trust = QPushButton(_("&Trust This Certificate"))
        trust.setObjectName("trust_now")
        trust.setAutoDefault(False)
        trust.clicked.connect(self._trust)
        cancel = QPushButton(_("Cancel"))
        cancel.setObjectName("cancel")
        cancel.setDefault(True)
        cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch()
        buttons.addWidget(trust)
        buttons.addWidget(cancel)
        question = text_label(_("Trust just this certificate of {host}?").format(host=host))
        question.setFont(theme.text_font(11))
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 14)
        column.setSpacing(12)
        column.addWidget(question)
        column.addLayout(form)
        column.addWidget(
            text_label(
                _(
                    "Compare the fingerprint with the one on the server itself. From then on no other certificate is"
                    " accepted from it, until you trust a new one here."
                )
            )
        )
        column.addLayout(buttons)
        self.setFixedSize(_WIDTH, column.totalHeightForWidth(_WIDTH))

    def _trust(self) -> None:
        self.trusted.emit(self._fingerprint)
        self.accept()
