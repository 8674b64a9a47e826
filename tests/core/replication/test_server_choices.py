"""What is wrong with what was typed on the page of a Replica server, in words, before anything is sent."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from core.replication.certificates import Chain, verdict
from core.replication.server import (
    HTTP_RULE,
    HTTPS_RULE,
    AuthorizationEntry,
    FirewallRule,
    ReplicaServer,
    ServerSettings,
)
from core.replication.server_choices import (
    ServerChoices,
    entry_problems,
    port_of,
    problems,
    server_name_fault,
    standing_problems,
)
from core.wizards.wizard import obstacles
from tests.core.replication.test_certificates import HOST, NOW, THUMBPRINT, certificate

HOUR = 36_000_000_000


def server(*, enabled: bool = True, listens: bool = True, **settings: Any) -> ReplicaServer:
    told = {
        "ReplicationEnabled": enabled,
        "AllowedAuthenticationType": 1,
        "KerberosAuthenticationPort": 80,
        "CertificateAuthenticationPort": 443,
        "CertificateThumbprint": "",
        "ReplicationAllowedFromAnyServer": True,
        "DefaultStorageLocation": "R:\\Replicas",
        "MonitoringInterval": {"Ticks": 12 * HOUR},
        "MonitoringStartTime": {"Ticks": 9 * HOUR},
    }
    rules = tuple(FirewallRule(name, name, 1 if listens else 2) for name in (HTTP_RULE, HTTPS_RULE))
    good = verdict(certificate(), (HOST,), NOW, Chain(True))
    bad = verdict(certificate(("other.example",), Thumbprint="B" * 40), (HOST,), NOW, Chain(True))
    return ReplicaServer("REP", (HOST,), NOW, msgspec.convert(told | settings, ServerSettings), (), rules, (good, bad))


SERVER = server()
CHOICES = ServerChoices.of(SERVER)
ENTRY = AuthorizationEntry("pri.contoso.example", "R:\\Pri", "Group")
LISTED = replace(CHOICES, allows_any_server=False, entries=(ENTRY,))
SECURE = replace(CHOICES, uses_certificate=True, thumbprint=f"\u200e{THUMBPRINT.lower()}")


@pytest.mark.parametrize(
    ("choices", "field", "words"),
    [
        (CHOICES, "", ""),
        (SECURE, "", ""),
        (LISTED, "", ""),
        (replace(CHOICES, is_enabled=False, kerberos_port="x", uses_kerberos=False), "", ""),
        (replace(CHOICES, uses_kerberos=False), "authentication", "Neither Kerberos nor certificates"),
        (replace(CHOICES, kerberos_port="0"), "kerberos_port", "“0” is not a port."),
        (replace(CHOICES, kerberos_port="65536"), "kerberos_port", "“65536” is not a port."),
        (replace(CHOICES, kerberos_port=""), "kerberos_port", "“” is not a port."),
        (replace(SECURE, certificate_port="4 43"), "certificate_port", "“4 43” is not a port."),
        (replace(CHOICES, certificate_port="x"), "", ""),
        (replace(SECURE, certificate_port="80"), "certificate_port", "cannot share the port 80"),
        (replace(SECURE, thumbprint=""), "certificate", "No certificate is chosen."),
        (replace(SECURE, thumbprint="12"), "certificate", "12 is not a thumbprint"),
        (replace(SECURE, thumbprint="A" * 40), "certificate", "There is no certificate with the thumbprint"),
        (replace(SECURE, thumbprint="b" * 40), "certificate", "not to rep.contoso.example"),
        (replace(CHOICES, storage_location=" "), "storage_location", "No folder is named."),
        (replace(CHOICES, storage_location="Replicas"), "storage_location", "not a full path"),
        (replace(CHOICES, storage_location="Q:\\R"), "storage_location", "The host has no drive Q:."),
        (replace(LISTED, storage_location=""), "", ""),
        (replace(LISTED, entries=()), "entries", "No server may replicate"),
        (replace(LISTED, entries=(ENTRY, ENTRY)), "entries", "is in the list already"),
        (replace(CHOICES, interval=datetime.timedelta(hours=5)), "interval", "intervals of this length"),
        (replace(CHOICES, start=datetime.timedelta(days=1)), "start", "not a time of day"),
    ],
)
def test_what_keeps_the_page(choices: ServerChoices, field: str, words: str) -> None:
    found = obstacles(problems(choices, SERVER, ("C", "R")))
    assert [(each.field, words in each.what, bool(each.cure)) for each in found] == (
        [(field, True, True)] if field else []
    )


@pytest.mark.parametrize(
    ("choices", "given", "words"),
    [
        (CHOICES, server(listens=False), "The firewall of REP does not let primary servers in"),
        (replace(CHOICES, opens_firewall=True), server(listens=False), None),
        (replace(CHOICES, kerberos_port="8080"), SERVER, "no firewall rule of its own for the port 8080"),
        (replace(CHOICES, storage_location="\\\\files\\replicas"), SERVER, "lies on a share"),
    ],
)
def test_what_is_only_a_warning(choices: ServerChoices, given: ReplicaServer, words: str | None) -> None:
    found = problems(choices, given, ("C", "R"))
    assert not obstacles(found)
    assert [words in each.what for each in found] == ([] if words is None else [True])


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("pri.contoso.example", None),
        ("*.contoso.example", None),
        ("", "No primary server is named."),
        ("pri", "its domain is missing"),
        ("pri .contoso.example", "contains a blank"),
        ("p*.contoso.example", "the star does not stand"),
        ("*.*.example", "the star does not stand"),
        ("*", "the star does not stand"),
        ("*.", "is not the name of a server"),
        ("*.example", "its domain is missing"),
        ("-a.example", "is not the name of a server"),
        ("a..example", "is not the name of a server"),
        ("10.0.0.1/8", "is not the name of a server"),
    ],
)
def test_names_of_primary_servers(name: str, words: str | None) -> None:
    fault = server_name_fault(name)
    assert fault is None if words is None else fault is not None and words in fault


@pytest.mark.parametrize(
    ("entry", "fields"),
    [
        (ENTRY, []),
        (AuthorizationEntry("PRI2.contoso.example", "R:\\a", " "), ["trust_group"]),
        (AuthorizationEntry("*.contoso.example", "", "g"), ["storage"]),
        (AuthorizationEntry("", "Q:\\", ""), ["primary", "storage", "trust_group"]),
    ],
)
def test_entries_of_the_list(entry: AuthorizationEntry, fields: list[str]) -> None:
    assert [each.field for each in entry_problems(entry, (), ("R",))] == fields


def test_ports() -> None:
    assert [port_of(text) for text in ("1", " 80 ", "65535")] == [1, 80, 65535]
    assert [port_of(text) for text in ("0", "65536", "-1", "8o", "80.0", "٨٠", "")] == [None] * 7


def test_a_host_that_was_never_configured_lets_any_server_replicate() -> None:
    new = server(enabled=False, ReplicationAllowedFromAnyServer=False, DefaultStorageLocation="")
    assert ServerChoices.of(new).allows_any_server
    listed = server(enabled=False, ReplicationAllowedFromAnyServer=False)
    assert not ServerChoices.of(listed).allows_any_server


def test_why_a_host_receives_no_replicas_now() -> None:
    assert not standing_problems(SERVER, ("R",))
    assert [each.field for each in standing_problems(server(enabled=False))] == ["enabled"]
    assert [each.field for each in standing_problems(server(listens=False, OperationalStatus=[6]))] == ["firewall", ""]
