from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.wire.encryption import Protocol, Sealed, content_type, frame, protocol_of, unframe

PIECES = st.builds(
    lambda signature, data, added: Sealed(signature, data + added, len(data)),
    st.binary(min_size=1, max_size=256),
    st.binary(max_size=80),
    # Shorter than the delimiter, which they hold by accident otherwise.
    st.binary(max_size=18),
)


@given(st.lists(PIECES, min_size=1, max_size=3))
def test_what_is_framed_comes_back(pieces: list[Sealed]) -> None:
    assert unframe(frame("CredSSP", pieces)) == pieces


@given(st.lists(PIECES, min_size=1, max_size=2), st.data())
def test_a_body_that_was_cut_is_refused(pieces: list[Sealed], data: st.DataObject) -> None:
    body = frame("SPNEGO", pieces[:1])
    length = data.draw(st.integers(0, len(body) - len(b"--Encrypted Boundary--\r\n")))
    with pytest.raises(ValueError, match=r"encrypted message"):
        unframe(body[:length])


@pytest.mark.parametrize("protocol", ["SPNEGO", "Kerberos", "CredSSP"])
@pytest.mark.parametrize("pieces", [1, 2])
def test_the_content_type_says_by_what_it_is_encrypted(protocol: Protocol, pieces: int) -> None:
    assert protocol_of(content_type(protocol, pieces)) == protocol


@pytest.mark.parametrize(
    "plain", ["application/soap+xml;charset=UTF-8", "", "multipart/encrypted", "multipart/form-data"]
)
def test_anything_else_is_plain(plain: str) -> None:
    assert protocol_of(plain) is None
