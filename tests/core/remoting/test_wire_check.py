"""What the self-test finds of what speaks to hosts."""

from __future__ import annotations

import re
import ssl

from core.remoting.wire_check import check_libraries, check_single_sign_on, check_tls


def test_libraries_are_named_with_their_versions() -> None:
    assert re.fullmatch(r"pypsrp [\d.]+, pyspnego [\d.]+", check_libraries())


def test_there_is_no_sspi_outside_windows() -> None:
    assert check_single_sign_on() == "no SSPI on this system"


def test_certificates_are_told_apart() -> None:
    assert re.fullmatch(re.escape(ssl.OPENSSL_VERSION) + r", \d+ authorities of this computer", check_tls())
