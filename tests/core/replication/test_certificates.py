"""Whether Hyper-V Replica can use a certificate, with every reason why not, and what is read of a thumbprint."""

from __future__ import annotations

import datetime

import msgspec
import pytest

from core.replication.certificates import (
    CLIENT_AUTHENTICATION,
    SERVER_AUTHENTICATION,
    Certificate,
    Chain,
    clean_thumbprint,
    thumbprint_fault,
    verdict,
)

NOW = datetime.datetime(2025, 3, 10, 12, tzinfo=datetime.timezone(datetime.timedelta(hours=1)))
THUMBPRINT = "0123456789ABCDEF0123456789ABCDEF01234567"
HOST, BROKER = "rep.contoso.example", "broker.contoso.example"
BOTH = (CLIENT_AUTHENTICATION, SERVER_AUTHENTICATION)


def date(day: datetime.datetime) -> str:
    return f"/Date({int(day.timestamp() * 1000)})/"


def certificate(
    names: tuple[str, ...] = (HOST,),
    usages: tuple[str, ...] = BOTH,
    begins: datetime.datetime = NOW - datetime.timedelta(days=100),
    ends: datetime.datetime = NOW + datetime.timedelta(days=100),
    **more: object,
) -> Certificate:
    told = {
        "Thumbprint": THUMBPRINT,
        "Subject": f"CN={names[0]}, O=Contoso" if names else "O=Contoso",
        "Issuer": "CN=Contoso Issuing CA",
        "NotBefore": date(begins),
        "NotAfter": date(ends),
        "HasPrivateKey": True,
        "DnsNameList": [{"Punycode": name, "Unicode": name} for name in names],
        "EnhancedKeyUsageList": [{"FriendlyName": "x", "ObjectId": usage} for usage in usages],
    }
    return msgspec.convert(told | more, Certificate)


@pytest.mark.parametrize(
    ("given", "names", "faults"),
    [
        (certificate(), (HOST,), ()),
        (certificate((HOST.upper(),)), (HOST,), ()),
        (certificate(("*.contoso.example",)), (HOST, BROKER), ()),
        (certificate((HOST, BROKER)), (HOST, BROKER), ()),
        (certificate(), (HOST, BROKER), (f"It is issued to {HOST}, not to {BROKER}.",)),
        (certificate(("*.example",)), (HOST,), (f"It is issued to *.example, not to {HOST}.",)),
        (certificate(()), (HOST,), (f"It is issued to nobody, not to {HOST}.",)),
        (certificate(HasPrivateKey=False), (HOST,), ("Its private key is not on this host.",)),
        (certificate(ends=NOW - datetime.timedelta(minutes=1)), (HOST,), ("It expired on 2025-03-10.",)),
        (certificate(begins=NOW + datetime.timedelta(days=2)), (HOST,), ("It is valid from 2025-03-12 on.",)),
        (certificate(NotAfter="tomorrow"), (HOST,), ("Its dates cannot be read.",)),
        (
            certificate(usages=(SERVER_AUTHENTICATION,)),
            (HOST,),
            ("It is not meant for client authentication, only for that of servers.",),
        ),
        (
            certificate(usages=(CLIENT_AUTHENTICATION,)),
            (HOST,),
            ("It is not meant for server authentication, only for that of clients.",),
        ),
        (
            certificate(usages=("1.3.6.1.5.5.7.3.4",)),
            (HOST,),
            ("It is meant neither for client nor for server authentication; both are needed.",),
        ),
        (
            certificate(("other.example",), (), ends=NOW - datetime.timedelta(days=9), HasPrivateKey=False),
            (HOST,),
            (
                "Its private key is not on this host.",
                "It expired on 2025-03-01.",
                "It is meant neither for client nor for server authentication; both are needed.",
                f"It is issued to other.example, not to {HOST}.",
            ),
        ),
    ],
)
def test_every_reason_is_told(given: Certificate, names: tuple[str, ...], faults: tuple[str, ...]) -> None:
    found = verdict(given, names, NOW, Chain(True))
    assert found.faults == faults
    assert found.qualifies is not bool(faults)
    assert found.words == (" ".join(faults) or "It can be used.")


@pytest.mark.parametrize(
    ("chain", "is_own", "qualifies", "words"),
    [
        (Chain(True), False, True, "It can be used."),
        (Chain(False, "Nobody knows its root."), False, False, "Nobody knows its root."),
        (Chain(None, "Nobody could say."), False, True, "It can be used. Nobody could say."),
        (None, True, True, "It can be used. It is self-signed: the other server has to trust it as well."),
    ],
)
def test_what_is_said_of_its_chain(chain: Chain | None, is_own: bool, qualifies: bool, words: str) -> None:
    issuer = {"Issuer": f"CN={HOST}, O=Contoso"} if is_own else {}
    found = verdict(certificate(**issuer), (HOST,), NOW, chain)
    assert (found.qualifies, found.words) == (qualifies, words)


@pytest.mark.parametrize(
    "listed",
    [
        {"value": [{"ObjectId": usage} for usage in BOTH], "Count": 2},
        [{"ObjectId": usage} for usage in BOTH],
    ],
)
def test_lists_are_read_however_windows_powershell_writes_them(listed: object) -> None:
    assert certificate(EnhancedKeyUsageList=listed).usages == set(BOTH)
    assert certificate(EnhancedKeyUsageList={"ObjectId": BOTH[0]}).usages == {BOTH[0]}
    assert certificate(EnhancedKeyUsageList=None, DnsNameList=None).names == (HOST,)
    assert certificate(Subject='O=x, CN="A, B"', DnsNameList=None).names == ("A, B",)


@pytest.mark.parametrize(
    "typed",
    [
        THUMBPRINT.lower(),
        "\u200e01 23 45 67 89 ab cd ef 01 23 45 67 89 ab cd ef 01 23 45 67",
        "\ufeff" + ":".join(THUMBPRINT[n : n + 2] for n in range(0, 40, 2)) + "\u200f\r\n",
    ],
)
def test_a_thumbprint_is_cleaned_of_what_windows_copies_along(typed: str) -> None:
    assert clean_thumbprint(typed) == THUMBPRINT
    assert thumbprint_fault(clean_thumbprint(typed)) is None


@pytest.mark.parametrize("typed", ["", "\u200e ", THUMBPRINT[1:], THUMBPRINT + "0", "x" * 40])
def test_what_is_no_thumbprint_says_so(typed: str) -> None:
    assert thumbprint_fault(clean_thumbprint(typed))
