"""Errors of hosts are explained by their codes and ids, in whatever language the host speaks."""

from __future__ import annotations

import pytest

from core.hyperv.failure_codes import codes_in, explain
from core.hyperv.known_failures import known_failures
from core.remoting.records import ErrorRecord
from lab.hyperv.messages import failed

NAMES = {
    "machine": "WEB01",
    "machine_id": "D46FD5CD-A9CB-40B1-ACFB-5CC8C759E2D5",
    "source": "HV-01",
    "destination": "HV-02",
    "host": "HV-02",
    "path": r"D:\VMs\WEB01\WEB01.vhdx",
    "cause": "0x8007274D",
    "limit": 2,
}


def reported(key: str, language: str, cmdlet: str = "Move-VM") -> ErrorRecord:
    """A failure of the lab as a host of that language reports it."""
    failure = failed(key, language, **NAMES)
    identifier = f"{failure.kind},Microsoft.HyperV.PowerShell.Commands.{cmdlet.replace('-', '')}"
    return ErrorRecord(failure.message, identifier, cmdlet=cmdlet)


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize(
    ("key", "cause", "cure"),
    [
        ("no_credentials", "has no credentials", "delegate to each other with any authentication"),
        ("wrong_principal", "did not prove to be", "its full name"),
        ("no_connection", "refused the connection", "Enable live migrations on the destination"),
        ("connection_lost", "broke off", "move the machine again"),
        ("memory_short", "too little free memory", "choose another host"),
        ("attachment_missing", "does not exist on the destination", "Eject the ISO file"),
        ("guardian_missing", "guardian's certificate", "Shielded VM Local Certificates"),
        ("share_denied", "Access was denied", "computer accounts of both hosts"),
        ("file_exists", "at the destination already", "left over from a move that failed"),
        ("already_there", "at the destination already", "choose another folder"),
        ("disk_full", "is full", "Make room"),
        ("path_not_found", "cannot be found by the host", "a share that both hosts reach"),
        ("storage_not_reachable", "cannot be found by the host", "a share that both hosts reach"),
        ("busy", "something is under way", "Wait until backups"),
        ("source_disabled", "live migrations are off", "Enable live migrations"),
        ("clustered", "belongs to a cluster", "Failover Cluster Manager"),
    ],
)
def test_a_failed_move_is_explained_in_any_language(key: str, language: str, cause: str, cure: str) -> None:
    explanation = explain(reported(key, language))
    assert explanation is not None
    assert cause in explanation.cause
    assert cure in explanation.cure


def test_the_cause_stands_last_in_a_nested_message() -> None:
    message = "It failed at the source. (0x80070005)\nIt failed to connect: (0x8009030E).\nSomething else (0x80001234)"
    assert codes_in(message) == (0x80070005, 0x8009030E, 0x80001234)
    explanation = explain(ErrorRecord(message, "AccessDenied,Microsoft.HyperV.PowerShell.Commands.MoveVM"))
    assert explanation is not None
    assert "no credentials" in explanation.cause


def test_the_words_alone_explain_nothing() -> None:
    words = failed("no_credentials", "en", **NAMES).message.replace("0x8009030E", "a code")
    assert explain(ErrorRecord(words, "Unspecified,Microsoft.HyperV.PowerShell.Commands.MoveVM")) is None


def test_a_code_that_means_something_only_for_moves_is_not_taken_for_others() -> None:
    record = ErrorRecord("The parameter is incorrect. (0x80070057)", cmdlet="Enable-VMReplication")
    assert explain(record) is None


def test_ids_of_the_older_module_and_qualified_names_are_understood() -> None:
    record = ErrorRecord(
        "Nicht genug Speicher.", "OutOfMemory,Microsoft.HyperV.PowerShell.Commands.StartVMCommand", cmdlet="Start-VM"
    )
    explanation = explain(record)
    assert explanation is not None
    assert "too little free memory" in explanation.cause
    qualified = ErrorRecord("(0x80070057)", cmdlet="Hyper-V\\Compare-VM")
    assert explain(qualified) is not None


def test_every_row_has_a_source_and_no_code_has_two_meanings_for_a_cmdlet() -> None:
    rows = known_failures()
    assert all(row.source and (row.codes or row.ids) for row in rows)
    codes = [(code, cmdlet) for row in rows for code in row.codes for cmdlet in row.cmdlets or ("any other",)]
    ids = [identifier for row in rows for identifier in row.ids]
    assert len(codes) == len(set(codes))
    assert len(ids) == len(set(ids))
