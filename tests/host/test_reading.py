"""What is assumed of a host and can be read from it. Nothing is changed."""

from __future__ import annotations

import pytest

from core.estate.inventory import INVENTORY_QUERY, Inventory
from core.hyperv.query import RowQuestion, TextQuestion
from core.powershell.command import Switch, command
from tests.host.connecting import AskedHost, names

MACHINES = command("Get-VM")
INTEGRATION_SERVICES = {
    "6C09BB55-D683-4DA0-8931-C9BF705F6480",
    "84EAAE65-2F2E-45F5-9BB5-0E857DC8EB47",
    "2A34B1C2-FD73-4043-8A5B-DD2159BC743F",
    "9F8233AC-BE49-4C79-8EE3-E7E1985B2077",
    "2497F4DE-E9FA-4204-80E4-4B75C46419C0",
    "5CED1297-4598-4915-A5FC-AD21BB4D02A4",
}
TEMPLATES = {"MicrosoftWindows", "MicrosoftUEFICertificateAuthority", "OpenSourceShieldedVM"}


def rows(host: AskedHost, question: RowQuestion, what: str) -> list[dict[str, object]]:
    """The rows of an answer; the test is left out where the host has nothing of the kind."""
    found = host.read(question)
    if not found:
        pytest.skip(f"the host has no {what}")
    return found


@pytest.mark.assumes("refresh")
def test_everything_that_a_refresh_asks_for_is_there(host: AskedHost) -> None:
    answer = host.run(INVENTORY_QUERY)
    inventory = Inventory.of(answer.output, answer.errors)
    assert not inventory.errors
    assert inventory.host.name
    assert {drive.machine_id for drive in inventory.drives} <= {each.machine_id for each in inventory.machines}


@pytest.mark.assumes("json-version")
def test_a_version_as_json_has_four_parts(host: AskedHost) -> None:
    question = RowQuestion("module", command("Get-Module", Name="Hyper-V", ListAvailable=Switch.PRESENT), ("Version",))
    for row in rows(host, question, "module"):
        assert isinstance(row["Version"], dict)
        assert {"Major", "Minor", "Build", "Revision"} <= row["Version"].keys()
        assert all(isinstance(part, int) and part >= -1 for part in row["Version"].values())


@pytest.mark.assumes("functions")
def test_some_commands_are_functions(host: AskedHost) -> None:
    wanted = ("Get-Volume", "Get-NetAdapter", "Get-SmbShare", "Get-VM")
    found = host.read(RowQuestion("commands", command("Get-Command", Name=wanted), ("Name", "CommandType")))
    # CommandTypes of PowerShell: Function 2, Cmdlet 8.
    assert {row["Name"]: row["CommandType"] for row in found} == dict.fromkeys(wanted[:3], 2) | {"Get-VM": 8}


@pytest.mark.assumes("empty-name")
def test_an_empty_name_is_no_fault_of_binding(host: AskedHost) -> None:
    [error] = host.ask(RowQuestion("nobody", command("Get-VM", Name=""), ("Name",))).errors
    assert "ParameterArgumentValidationError" not in error.error_id


@pytest.mark.assumes("inquire")
def test_a_question_that_nobody_can_be_asked_is_an_error_that_stops(host: AskedHost) -> None:
    def outcome(action: str) -> tuple[object, ...]:
        wrong = command("Get-VM", Name=("no machine has this name", "and none has this"), ErrorAction=action)
        answer = host.ask(RowQuestion("wrong", wrong, ("Name",)), TextQuestion("host", command("Get-VMHost")))
        return len(answer.output), [error.error_id for error in answer.errors]

    assert outcome("Inquire") == outcome("Stop")
    assert outcome("Inquire") != outcome("Continue")


@pytest.mark.assumes("vhd-format")
def test_numbers_of_formats_of_disks(host: AskedHost) -> None:
    disks = MACHINES | command("Get-VMHardDiskDrive") | command("Get-VHD")
    for row in rows(host, RowQuestion("disks", disks, ("Path", "VhdFormat")), "virtual hard disks"):
        suffix = str(row["Path"]).rpartition(".")[2].lower()
        if suffix in ("vhd", "avhd", "vhdx", "avhdx"):
            assert row["VhdFormat"] == (3 if suffix.endswith("x") else 2), row


@pytest.mark.assumes("snapshot-type")
def test_numbers_of_kinds_of_checkpoints(host: AskedHost) -> None:
    question = RowQuestion("checkpoints", MACHINES | command("Get-VMSnapshot"), ("SnapshotType",))
    assert names(rows(host, question, "checkpoints"), "SnapshotType") <= {0, *range(1, 9)}
    standard = MACHINES | command("Get-VMSnapshot", SnapshotType="Standard")
    assert names(host.read(RowQuestion("standard", standard, ("SnapshotType",))), "SnapshotType") <= {0}


@pytest.mark.assumes("integration-services")
def test_ids_of_integration_services(host: AskedHost) -> None:
    question = RowQuestion("services", MACHINES | command("Get-VMIntegrationService"), ("Id",))
    ids = {str(each).rpartition("\\")[2].upper() for each in names(rows(host, question, "machines"), "Id")}
    assert ids <= INTEGRATION_SERVICES


@pytest.mark.assumes("integration-status")
def test_states_of_integration_services_are_those_of_wmi(host: AskedHost) -> None:
    question = RowQuestion("states", MACHINES | command("Get-VMIntegrationService"), ("PrimaryOperationalStatus",))
    # Msvm_HeartbeatComponent and its kin: OK, degraded, not recoverable, no contact, lost communication.
    assert names(rows(host, question, "machines"), "PrimaryOperationalStatus") <= {None, 2, 3, 7, 12, 13}


@pytest.mark.assumes("secure-boot-templates")
def test_names_of_secure_boot_templates(host: AskedHost) -> None:
    machines = host.read(RowQuestion("machines", MACHINES, ("Id", "Generation")))
    second = [str(row["Id"]) for row in machines if row["Generation"] == 2]
    if not second:
        pytest.skip("the host has no machine of generation 2")
    firmware = command("Get-VM", Id=second[0]) | command("Get-VMFirmware")
    assert (
        names(host.read(RowQuestion("firmware", firmware, ("SecureBootTemplate",))), "SecureBootTemplate") <= TEMPLATES
    )


@pytest.mark.assumes("replication-state")
def test_states_of_replication_are_numbers_of_wmi(host: AskedHost) -> None:
    question = RowQuestion("replication", MACHINES, ("ReplicationMode", "ReplicationState"))
    for row in rows(host, question, "machines"):
        assert row["ReplicationState"] in range(22), row
        # Who is not replicated has no state, and the other way round.
        assert (row["ReplicationMode"] == 0) == (row["ReplicationState"] == 0), row
