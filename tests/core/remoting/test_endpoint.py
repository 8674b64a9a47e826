"""Endpoints and credentials that must not exist or not be shown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.remoting.endpoint import Authentication
from tests.core.remoting.connecting import (
    CREDENTIAL,
    plain_endpoint,
)


@pytest.mark.parametrize("authentication", ["basic", "certificate"])
def test_a_password_in_the_clear_is_refused(authentication: Authentication) -> None:
    with pytest.raises(ValueError, match="https"):
        replace(plain_endpoint(5985), authentication=authentication)


@pytest.mark.parametrize("address", ["", "a b", "host/wsman", "user@host", "host?x", "host#x", "[::1]", "a\\b"])
def test_an_address_that_could_lead_elsewhere_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="address"):
        replace(plain_endpoint(5985), address=address)


def test_a_credential_keeps_its_password_to_itself() -> None:
    assert "a secret" not in repr(CREDENTIAL)
    assert "operator" in repr(CREDENTIAL)


@pytest.mark.parametrize("fingerprint", ["", "ab", "A" * 64, "a" * 63 + ":", "a" * 65])
def test_what_is_no_fingerprint_is_refused(fingerprint: str) -> None:
    with pytest.raises(ValueError, match="fingerprint"):
        replace(plain_endpoint(5986), scheme="https", fingerprint=fingerprint)
