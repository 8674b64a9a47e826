"""Integration services, by their names in the host's language."""

from __future__ import annotations

from tests.lab.cmdlets.administration import Administrator, error_id

ENGLISH = [
    "Guest Service Interface",
    "Heartbeat",
    "Key-Value Pair Exchange",
    "Shutdown",
    "Time Synchronization",
    "VSS",
]


def test_services() -> None:
    admin = Administrator()
    assert admin.values("Get-VMIntegrationService WEB01", "Name") == ENGLISH
    assert admin.values("Get-VMIntegrationService WEB01", "Enabled") == [False] + [True] * 5
    assert admin.values("Get-VMIntegrationService WEB01", "PrimaryStatusDescription") == ["", *["OK"] * 5]
    assert admin.values("Get-VMIntegrationService TEST01 -Name Heart*", "PrimaryStatusDescription") == [""]


def test_enable_and_disable() -> None:
    admin = Administrator()
    text = "Enable-VMIntegrationService -Name 'guest service interface' -VMName WEB01 -Passthru"
    assert admin.values(text, "Enabled") == [True]
    text = "Get-VMIntegrationService WEB01 -Name Heartbeat | Disable-VMIntegrationService -Passthru"
    assert admin.values(text, "Enabled") == [False]
    assert admin.machine("WEB01").integration_services_off == {"Heartbeat"}
    assert admin.values("Get-VM WEB01", "Heartbeat") == ["Disabled"]


def test_unknown_service_lets_the_others_go_on() -> None:
    admin = Administrator()
    recording = admin.run("Disable-VMIntegrationService -Name Sound, VSS -VMName WEB01")
    assert recording.error_ids == [error_id("InvalidParameter", "DisableVMIntegrationService")]
    assert "VSS" in admin.machine("WEB01").integration_services_off


def test_busy_machine() -> None:
    admin = Administrator()
    admin.begin_storage_move("WEB01")
    recording = admin.run("Disable-VMIntegrationService VSS WEB01")
    assert recording.error_ids == [error_id("InvalidState", "DisableVMIntegrationService")]


def test_german_names() -> None:
    admin = Administrator()
    admin.home.language = "de"
    assert admin.values("Get-VMIntegrationService WEB01", "Name")[:2] == ["Gastdienstschnittstelle", "Takt"]
    (error,) = admin.run("Disable-VMIntegrationService Heartbeat WEB01").errors
    assert "Integrationsdienst" in error.message


def test_2012_has_no_guest_service_interface() -> None:
    admin = Administrator()
    admin.home.version = "2012"
    assert admin.values("Get-VMIntegrationService WEB01", "Name") == ENGLISH[1:]
