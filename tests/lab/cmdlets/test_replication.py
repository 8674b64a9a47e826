"""The replication cmdlets, as an administrator types them at the hosts of the scenario ``two-sites``."""

from __future__ import annotations

import datetime

import pytest

from lab.hyperv.machine import MachineState
from lab.hyperv.replication.side import Receiver
from lab.powershell.values import Record
from tests.lab.cmdlets.administration import Administrator, error_id, plain

REPLICA = "HV-DR.contoso.example"


def at(home: str) -> Administrator:
    return Administrator(home, replicated=True)


def refused(administrator: Administrator, text: str) -> list[str]:
    recording = administrator.run(text)
    assert recording.outputs == []
    return recording.error_ids


class TestGet:
    def test_every_mode_is_there(self) -> None:
        primary = at("HV-01").get("Get-VMReplication")
        assert [(plain(r.get("Name")), plain(r.get("Mode")), plain(r.get("State"))) for r in primary] == [
            ("CRM01", "Primary", "Replicating"),
            ("WIKI01", "Primary", "Replicating"),
            ("BRANCH01", "Replica", "Replicating"),
        ]
        replica = at("HV-DR").get("Get-VMReplication WIKI01")
        assert [plain(record.get("ReplicationRelationshipType")) for record in replica] == ["Simple", "Extended"]
        assert at("HV-02").values("Get-VMReplication WIKI01", "ReplicationMode") == ["ExtendedReplica"]

    def test_what_a_record_says(self) -> None:
        (record,) = at("HV-01").get("Get-VMReplication CRM01")
        said = {
            name: plain(record.get(name))
            for name in (
                "PrimaryServerName",
                "ReplicaServerName",
                "CurrentReplicaServerName",
                "ReplicaServerPort",
                "AuthenticationType",
                "ReplicationFrequencySec",
                "RecoveryHistory",
                "VSSSnapshotFrequencyHour",
                "VSSSnapshotReplicationEnabled",
                "AutoResynchronizeIntervalStart",
                "ReplicationHealth",
            )
        }
        assert said == {
            "PrimaryServerName": "HV-01.contoso.example",
            "ReplicaServerName": "HV-DR",
            "CurrentReplicaServerName": REPLICA,
            "ReplicaServerPort": 80,
            "AuthenticationType": "Kerberos",
            "ReplicationFrequencySec": 300,
            "RecoveryHistory": 4,
            "VSSSnapshotFrequencyHour": 2,
            "VSSSnapshotReplicationEnabled": True,
            "AutoResynchronizeIntervalStart": "18:30:00",
            "ReplicationHealth": "Normal",
        }

    @pytest.mark.parametrize(
        ("parameters", "names"),
        [
            ("-ReplicationMode Replica", ["CRM01", "WIKI01", "WIKI01", "SHOP01"]),
            ("-ReplicationMode Primary", ["BRANCH01"]),
            ("-PrimaryServerName hv-02*", ["SHOP01"]),
            ("-ReplicationRelationshipType Extended", ["WIKI01"]),
            ("-ReplicationState Error", []),
            ("-ReplicationHealth Normal -VMName C*", ["CRM01"]),
            ("-TrustGroup DEFAULT", ["CRM01", "WIKI01", "SHOP01"]),
        ],
    )
    def test_narrowed(self, parameters: str, names: list[str]) -> None:
        assert at("HV-DR").values(f"Get-VMReplication {parameters}", "VMName") == names

    def test_a_machine_that_is_not_replicated(self) -> None:
        assert refused(at("HV-01"), "Get-VMReplication WEB01") == [error_id("InvalidOperation", "GetVMReplication")]

    def test_the_numbers_of_get_vm_are_those_of_wmi(self) -> None:
        administrator = at("HV-01")
        (machine,) = administrator.get("Get-VM CRM01")
        assert plain(machine.get("ReplicationState")) == "WaitingForInitialReplication"
        assert (plain(machine.get("ReplicationMode")), plain(machine.get("ReplicationHealth"))) == ("Primary", "Normal")
        administrator.home.version = "2012R2"
        assert administrator.values("Get-VM CRM01", "ReplicationState") == ["Replicating"]
        assert administrator.values("Get-VM WEB01", "ReplicationMode") == ["None"]

    def test_measure(self) -> None:
        administrator = at("HV-01")
        administrator.estate.clock.advance(3010)
        (record,) = administrator.get("Measure-VMReplication CRM01")
        assert (record.get("SuccessfulReplicationCount"), record.get("MissedReplicationCount")) == (10, 0)
        average = record.get("AverageReplicationSize")
        assert average == pytest.approx(300 * int(0.4 * (1 << 20)), rel=0.1)
        assert isinstance(record.get("AverageReplicationLatency"), datetime.timedelta)
        administrator.run("Reset-VMReplicationStatistics CRM01")
        assert administrator.values("Measure-VMReplication CRM01", "SuccessfulReplicationCount") == [0]


class TestEnable:
    COMMAND = "Enable-VMReplication WEB01 -ReplicaServerName HV-DR -ReplicaServerPort 80 -AuthenticationType Kerberos"

    def test_enable_start_and_watch(self) -> None:
        administrator = at("HV-01")
        (record,) = administrator.get(f"{self.COMMAND} -RecoveryHistory 2 -AutoResynchronizeEnabled $true -Passthru")
        assert plain(record.get("State")) == "ReadyForInitialReplication"
        administrator.run("Start-VMInitialReplication WEB01")
        administrator.estate.clock.advance(60)
        jobs = "Get-CimInstance Msvm_ConcreteJob -Namespace root/virtualization/v2"
        (job,) = administrator.get(jobs)
        assert (job.get("JobType"), job.get("JobState")) == (116, 4)
        assert 0 < int(plain(job.get("PercentComplete"))) < 100
        (task,) = administrator.get("Measure-VMReplication WEB01 | Select-Object -ExpandProperty CurrentTask")
        assert task.get("PercentComplete") == job.get("PercentComplete")
        (link,) = administrator.get("Get-CimInstance Msvm_AffectedJobElement -Namespace root/virtualization/v2")
        element = link.get("AffectedElement")
        assert isinstance(element, Record)
        assert element.get("Name") == str(administrator.machine("WEB01").machine_id).upper()
        administrator.estate.clock.advance(3000)
        assert administrator.values("Get-VMReplication WEB01", "State") == ["Replicating"]

    def test_a_job_is_cancelled_through_wmi(self) -> None:
        administrator = at("HV-01")
        administrator.run(self.COMMAND)
        administrator.run("Start-VMInitialReplication WEB01")
        administrator.estate.clock.advance(20)
        administrator.run(
            "Get-CimInstance Msvm_ConcreteJob -Namespace root/virtualization/v2 | "
            "Invoke-CimMethod -MethodName RequestStateChange -Arguments @{RequestedState=4}"
        )
        assert administrator.values("Get-VMReplication WEB01", "State") == ["ReadyForInitialReplication"]

    @pytest.mark.parametrize(
        ("text", "kind"),
        [
            (f"{COMMAND} -ReplicationFrequencySec 77", "InvalidParameter"),
            (COMMAND.replace("HV-DR", "NOWHERE"), "OperationFailed"),
            (COMMAND.replace("WEB01", "CRM01"), "InvalidOperation"),
            (COMMAND.replace("WEB01", "NONE01"), "InvalidParameter"),
        ],
    )
    def test_refusals(self, text: str, kind: str) -> None:
        assert refused(at("HV-01"), text) == [error_id(kind, "EnableVMReplication")]

    def test_the_cause_is_told(self) -> None:
        (record,) = at("HV-01").run(self.COMMAND.replace("HV-DR", "NOWHERE")).errors
        assert record.message.splitlines()[0] == "Hyper-V failed to enable replication."
        assert "(0x00002EE7)" in record.message

    def test_by_media_and_at_a_time(self) -> None:
        administrator = at("HV-01")
        administrator.run(self.COMMAND)
        administrator.run_with("Start-VMInitialReplication", VMName="WEB01", InitialReplicationStartTime=_in(hours=2))
        (record,) = administrator.get("Get-VMReplication WEB01")
        assert isinstance(record.get("InitialReplicationStartTime"), datetime.datetime)
        administrator.run("Stop-VMInitialReplication WEB01")
        administrator.run(r"Start-VMInitialReplication WEB01 -DestinationPath D:\Media")
        administrator.estate.clock.advance(100)
        assert administrator.values("Get-VMReplication WEB01", "State") == ["InitialReplicationInProgress"]
        assert refused(administrator, r"Import-VMInitialReplication WEB01 -Path D:\Media") == [
            error_id("InvalidOperation", "ImportVMInitialReplication")
        ]


class TestStates:
    def test_pause_resume_and_resynchronise(self) -> None:
        administrator = at("HV-01")
        assert administrator.values("Suspend-VMReplication CRM01 -Passthru", "State") == ["Suspended"]
        assert administrator.values("Resume-VMReplication CRM01 -Resynchronize -Passthru", "State") == [
            "Resynchronizing"
        ]
        assert administrator.values("Stop-VMReplication CRM01 -Passthru", "State") == ["WaitingForStartResynchronize"]
        assert refused(administrator, "Resume-VMReplication CRM01") == [
            error_id("InvalidOperation", "ResumeVMReplication")
        ]
        administrator.run_with(
            "Resume-VMReplication", VMName="CRM01", Resynchronize=True, ResynchronizeStartTime=_in(hours=1)
        )
        (record,) = administrator.get("Get-VMReplication CRM01")
        assert isinstance(record.get("ResynchronizeStartTime"), datetime.datetime)
        administrator.run("Resume-VMReplication CRM01 -Resynchronize")
        administrator.estate.clock.advance(1000)
        assert administrator.values("Get-VMReplication CRM01", "State") == ["Replicating"]

    def test_the_extended_leg_on_its_own(self) -> None:
        administrator = at("HV-DR")
        administrator.run("Suspend-VMReplication WIKI01 -ReplicationRelationshipType Extended")
        assert administrator.values("Get-VMReplication WIKI01", "State") == ["Replicating", "Suspended"]
        administrator.run("Get-VMReplication WIKI01 -ReplicationRelationshipType Extended | Resume-VMReplication")
        assert administrator.values("Get-VMReplication WIKI01", "State") == ["Replicating", "Replicating"]

    def test_remove_on_both_sides(self) -> None:
        for home in ("HV-01", "HV-DR"):
            administrator = at(home)
            administrator.run("Remove-VMReplication CRM01")
            assert administrator.values("Get-VM CRM01", "ReplicationMode") == ["None"]

    def test_not_applicable(self) -> None:
        (record,) = at("HV-01").run("Reset-VMReplicationStatistics WEB01").errors
        assert record.error_id == error_id("InvalidOperation", "ResetVMReplicationStatistics")
        assert record.message.startswith(
            "'Reset-VMReplicationStatistics' is not applicable on virtual machine 'WEB01'."
        )


class TestFailover:
    def test_a_test(self) -> None:
        administrator = at("HV-DR")
        (test,) = administrator.get("Start-VMFailover CRM01 -AsTest -Passthru")
        assert (plain(test.get("Name")), plain(test.get("ReplicationMode"))) == ("CRM01 - Test", "TestReplica")
        (record,) = administrator.get("Get-VMReplication CRM01")
        assert isinstance(record.get("TestVirtualMachine"), Record)
        administrator.run("Stop-VMFailover CRM01")
        assert not administrator.has("CRM01 - Test")

    def test_recovery_points_and_one_of_them(self) -> None:
        administrator = at("HV-DR")
        points = administrator.get("Get-VMSnapshot CRM01 -SnapshotType Replica")
        assert {plain(point.get("SnapshotType")) for point in points} == {"Replica"}
        assert len(administrator.get("Get-VMSnapshot CRM01")) == 4
        name = plain(points[0].get("Name"))
        assert str(name).startswith("CRM01 - Standard Replica - (")
        administrator.run(f"Get-VMSnapshot CRM01 -Name '{name}' | Start-VMFailover -Confirm:$false")
        assert administrator.values("Get-VMReplication CRM01", "State") == ["FailedOverWaitingCompletion"]
        assert administrator.values("Measure-VMReplication CRM01", "FailedOverReplicationType") == ["Regular"]
        administrator.run("Start-VM CRM01")
        assert administrator.values("Get-VM CRM01", "State") == ["Running"]
        administrator.run("Stop-VMFailover CRM01")
        assert administrator.values("Get-VM CRM01", "State") == ["Off"]

    def test_it_asks(self) -> None:
        administrator = at("HV-DR")
        for text in ("Start-VMFailover CRM01", "Start-VMFailover CRM01 -Prepare"):
            assert refused(administrator, text) == [error_id("InvalidOperation", "StartVMFailover")]

    def test_planned_with_the_way_back(self) -> None:
        administrator = at("HV-01")
        administrator.run("Stop-VM CRM01")
        administrator.run("Start-VMFailover CRM01 -Prepare -Confirm:$false")
        assert administrator.values("Get-VMReplication CRM01", "State") == ["PreparedForFailover"]
        (refusal,) = administrator.run("Start-VM CRM01").errors
        assert refusal.error_id == error_id("InvalidState", "StartVM")
        administrator.home = administrator.host("HV-DR")
        administrator.run("Start-VMFailover CRM01 -Confirm:$false")
        (reversed_record,) = administrator.get("Set-VMReplication CRM01 -Reverse -Passthru")
        assert (plain(reversed_record.get("State")), plain(reversed_record.get("Mode"))) == ("Replicating", "Primary")
        administrator.run("Start-VM CRM01")
        administrator.home = administrator.host("HV-01")
        assert administrator.values("Get-VMReplication CRM01", "Mode") == ["Replica"]

    def test_complete(self) -> None:
        administrator = at("HV-DR")
        (record,) = administrator.run("Complete-VMFailover CRM01 -Confirm:$false").errors
        assert record.message.splitlines()[0] == "Could not commit failover for virtual machine 'CRM01'."
        administrator.run("Start-VMFailover CRM01 -Confirm:$false")
        administrator.run("Complete-VMFailover CRM01 -Confirm:$false")
        assert administrator.values("Get-VMReplication CRM01", "State") == ["FailedOver"]
        assert administrator.get("Get-VMSnapshot CRM01") == []

    def test_an_old_primary_as_replica(self) -> None:
        administrator = at("HV-01")
        administrator.machine("CRM01").state = MachineState.Off
        (record,) = administrator.get("Set-VMReplication CRM01 -AsReplica -Passthru")
        assert (plain(record.get("State")), plain(record.get("AllowedPrimaryServer"))) == (
            "WaitingForInitialReplication",
            REPLICA,
        )


class TestSet:
    def test_settings_reach_the_replica_with_the_next_cycle(self) -> None:
        administrator = at("HV-01")
        administrator.run(
            "Set-VMReplication CRM01 -ReplicationFrequencySec 30 -RecoveryHistory 2 -DisableVSSSnapshotReplication "
            "-CompressionEnabled $false -AutoResynchronizeIntervalStart 01:00:00"
        )
        (record,) = administrator.get("Get-VMReplication CRM01")
        assert (record.get("FrequencySec"), record.get("VSSSnapshotFrequencyHour")) == (30, 0)
        administrator.estate.clock.advance(60)
        side = administrator.host("HV-DR").replication.sides[0]
        assert isinstance(side, Receiver)
        assert (side.settings.frequency, side.settings.history) == (30, 2)

    @pytest.mark.parametrize(
        ("parameters", "kind"),
        [
            ("-RecoveryHistory 25", "InvalidParameter"),
            ("-ReplicaServerName NOWHERE", "OperationFailed"),
            (r"-ReplicatedDiskPaths D:\nowhere.vhdx", "InvalidParameter"),
            ("-Reverse", "InvalidOperation"),
        ],
    )
    def test_refusals(self, parameters: str, kind: str) -> None:
        assert refused(at("HV-01"), f"Set-VMReplication CRM01 {parameters}") == [error_id(kind, "SetVMReplication")]


class TestServer:
    def test_get_and_set(self) -> None:
        administrator = at("HV-DR")
        (record,) = administrator.get("Get-VMReplicationServer")
        assert (record.get("ReplicationEnabled"), plain(record.get("AllowedAuthenticationType"))) == (
            True,
            "CertificateAndKerberos",
        )
        administrator.run("Set-VMReplicationServer -KerberosAuthenticationPort 8080 -MonitoringInterval 1.00:00:00")
        (changed,) = administrator.get("Get-VMReplicationServer")
        assert (changed.get("KerberosAuthenticationPort"), plain(changed.get("MonitoringInterval"))) == (
            8080,
            "1.00:00:00",
        )
        administrator.estate.clock.advance(310)
        administrator.home = administrator.host("HV-01")
        assert administrator.values("Get-VMReplication CRM01", "State") == ["Error"]

    @pytest.mark.parametrize(
        "parameters",
        [
            "-KerberosAuthenticationPort 70000",
            "-KerberosAuthenticationPort 443",
            "-MonitoringInterval 05:00:00",
            r"-DefaultStorageLocation Q:\Replicas",
            "-AllowedAuthenticationType Certificate -CertificateThumbprint 00",
        ],
    )
    def test_refusals_change_nothing(self, parameters: str) -> None:
        administrator = at("HV-DR")
        before = [plain(value) for value in administrator.get("Get-VMReplicationServer")[0].properties.values()]
        assert len(administrator.run(f"Set-VMReplicationServer {parameters}").errors) == 1
        after = [plain(value) for value in administrator.get("Get-VMReplicationServer")[0].properties.values()]
        assert after == before

    def test_any_server_needs_a_location(self) -> None:
        administrator = at("HV-DR")
        administrator.home.replication.server.storage_location = ""
        assert refused(administrator, "Set-VMReplicationServer $true -ReplicationAllowedFromAnyServer $true") == [
            error_id("InvalidParameter", "SetVMReplicationServer")
        ]

    def test_a_location_on_a_share_is_a_second_hop(self) -> None:
        assert refused(at("HV-DR"), r"Set-VMReplicationServer -DefaultStorageLocation \\FS\r") == [
            error_id("AccessDenied", "SetVMReplicationServer")
        ]

    def test_the_connection(self) -> None:
        administrator = at("HV-01")
        test = "Test-VMReplicationConnection HV-DR {} Kerberos"
        assert administrator.run(test.format(80)).outputs == [
            "The connection to the specified Replica server with the specified parameters was successful."
        ]
        assert refused(administrator, test.format(81)) == [error_id("OperationFailed", "TestVMReplicationConnection")]

    def test_authorization_entries(self) -> None:
        administrator = at("HV-DR")
        new = r"New-VMReplicationAuthorizationEntry {} R:\One One"
        assert len(refused(administrator, new.format("hv-01.contoso.example"))) == 1
        administrator.run("Set-VMReplicationServer -ReplicationAllowedFromAnyServer $false")
        administrator.run(new.format("*.contoso.example"))
        assert len(refused(administrator, new.format("nonsense"))) == 1
        administrator.run("Set-VMReplicationAuthorizationEntry *.contoso.example -TrustGroup Two")
        assert administrator.values("Get-VMReplicationAuthorizationEntry", "TrustGroup") == ["Two"]
        administrator.run("Remove-VMReplicationAuthorizationEntry -TrustGroup Two")
        assert administrator.get("Get-VMReplicationAuthorizationEntry") == []


class TestAround:
    def test_firewall_rules_by_name(self) -> None:
        administrator = at("HV-DR")
        name = "VIRT-HVRHTTPL-In-TCP-NoScope"
        assert administrator.values(f"Get-NetFirewallRule -Name {name}", "Enabled") == ["True"]
        administrator.run(f"Disable-NetFirewallRule -Name {name}")
        administrator.estate.clock.advance(310)
        administrator.run(f"Get-NetFirewallRule -Name {name} | Enable-NetFirewallRule")
        assert administrator.values(f"Get-NetFirewallRule {name}", "Enabled") == ["True"]
        assert len(administrator.get("Get-NetFirewallRule")) == 3
        assert administrator.run("Get-NetFirewallRule -Name Nothing").error_ids == [
            "CmdletizationQuery_NotFound_InstanceID,Get-NetFirewallRule"
        ]

    def test_certificates(self) -> None:
        administrator = at("HV-01")
        found = administrator.get(r"Get-ChildItem Cert:\LocalMachine\My")
        assert [plain(record.get("FriendlyName")) for record in found] == [
            "Replication",
            "Replication of last year",
            "Web server",
        ]
        usages = found[0].get("EnhancedKeyUsageList")
        assert isinstance(usages, list)
        assert [plain(usage.get("ObjectId")) for usage in usages if isinstance(usage, Record)] == [
            "1.3.6.1.5.5.7.3.2",
            "1.3.6.1.5.5.7.3.1",
        ]
        assert administrator.get(rf"Get-ChildItem Cert:\LocalMachine\My\{found[1].get('Thumbprint')}")[0].get(
            "NotAfter"
        )
        assert len(administrator.run(r"Get-ChildItem Cert:\CurrentUser\My").errors) == 1

    def test_chains_of_certificates(self) -> None:
        administrator = at("HV-01")
        tested = administrator.run(r"Get-ChildItem Cert:\LocalMachine\My | Test-Certificate")
        assert tested.outputs == [True, False, True]
        assert tested.error_ids == ["System.Exception,Microsoft.CertificateServices.Commands.TestCertificate"]
        assert "0x800b0101" in tested.errors[0].message
        good, _, web = administrator.values(r"Get-ChildItem Cert:\LocalMachine\My", "Thumbprint")
        usages = "1.3.6.1.5.5.7.3.2,1.3.6.1.5.5.7.3.1"
        path = r"Cert:\LocalMachine\My"
        assert administrator.run(rf"Test-Certificate {path}\{good} -EKU {usages}").outputs == [True]
        assert administrator.run(rf"Test-Certificate {path}\{web} -EKU {usages}").outputs == [False]
        for name, is_about in (("hv-01.contoso.example", True), ("hv-02.contoso.example", False)):
            assert administrator.run(rf"Test-Certificate {path}\{good} -DNSName dns={name}").outputs == [is_about]
        assert refused(administrator, rf"Test-Certificate {path}\00")

    def test_the_group_of_a_broker(self) -> None:
        node = Administrator("TR-NODE1", "troubled")
        assert node.values("Get-ClusterGroup | Where-Object GroupType -eq VMReplicaBroker", "Name") == ["TR-BROKER"]
        assert node.get("Get-ClusterGroup TR-OTHER*") == []
        assert refused(at("HV-01"), "Get-ClusterGroup") == ["CommandNotFoundException"]


def _in(*, hours: float) -> datetime.datetime:
    return datetime.datetime(2025, 3, 10, 8, 5, tzinfo=datetime.UTC) + datetime.timedelta(hours=hours)
