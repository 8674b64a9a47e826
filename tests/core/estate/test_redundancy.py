"""What of a host fails with what, as hosts of the lab tell it."""

from __future__ import annotations

from core.estate.connection import HostKey
from core.estate.redundancy import Facts, Layer, Standing, read_redundancy, standings
from core.powershell.command import Pipeline
from core.remoting.records import ErrorRecord
from core.remoting.session import Answer
from lab.hyperv.redundancy import NicTeam, SmbChannels
from lab.powershell.values import display_text
from tests.core.moving.hosts import GROUP, inventory, run
from tests.core.replicas.looking import overview_of
from tests.lab.cmdlets.administration import Administrator


def facts(admin: Administrator, host: str) -> Facts:
    """What the host tells, through a coroutine that never waits."""

    async def asker(question: Pipeline) -> Answer:
        recording = run(admin, host, question)
        errors = tuple(
            ErrorRecord(error.message, error.error_id, error.category, error.activity, target=str(error.target))
            for error in recording.errors
        )
        return Answer(host, tuple(display_text(value) for value in recording.outputs), errors, ())

    try:
        read_redundancy(asker, HostKey(GROUP, host)).send(None)
    except StopIteration as told:
        return told.value
    raise AssertionError("it waited")


def told(admin: Administrator, host: str) -> dict[Layer, list[Standing]]:
    found: dict[Layer, list[Standing]] = {layer: [] for layer in Layer}
    for each in standings(facts(admin, host), inventory(admin, host), overview_of(admin)):
        found[each.layer].append(each)
    return found


def test_each_layer_says_what_fails_with_what() -> None:
    admin = Administrator(replicated=True)
    whole = told(admin, "HV-01")
    [network] = whole[Layer.NETWORK]
    assert network.is_redundant
    assert "Ethernet, Ethernet 2" in network.sentence
    assert "CRM01" in network.machines
    assert whole[Layer.FILE_SERVERS][0].is_redundant
    assert whole[Layer.DISKS][0].is_redundant
    assert not whole[Layer.HOST][0].is_redundant
    sites = {each.machines: each.is_redundant for each in whole[Layer.SITE]}
    assert sites[("CRM01",)]
    assert [names for names, is_safe in sites.items() if not is_safe] == [
        ("DC01", "FILE01", "SQL01", "WEB01", "APP01", "TEST01")
    ]


def test_what_a_host_has_only_once_is_said() -> None:
    admin = Administrator(replicated=True)
    host = admin.host("HV-02")
    alone = told(admin, "HV-02")
    assert alone[Layer.NETWORK][0].is_redundant is False
    assert "cut off" in alone[Layer.NETWORK][0].sentence
    assert alone[Layer.FILE_SERVERS][0].is_redundant is None
    assert "not added" in alone[Layer.DISKS][0].sentence
    host.redundancy.teams.append(NicTeam("Team", ["Ethernet", "Ethernet 2"]))
    host.interfaces[1].is_up = False
    host.redundancy.channels.append(SmbChannels("FS", ["10.22.100.3"]))
    host.redundancy.multipath = []
    half = told(admin, "HV-02")
    assert "only 1 works" in half[Layer.NETWORK][0].sentence
    assert half[Layer.FILE_SERVERS][0].is_redundant is False
    assert "claimed no hardware" in half[Layer.DISKS][0].sentence


def test_nodes_of_a_cluster_stand_in_for_each_other() -> None:
    admin = Administrator("TR-PRI", "troubled", replicated=True)
    [alone] = told(admin, "TR-PRI")[Layer.HOST]
    assert "in no failover cluster" in alone.sentence
    [node] = told(admin, "TR-NODE2")[Layer.HOST]
    assert "no failover cluster" not in node.sentence
    for other in admin.estate.hosts:
        other.is_reachable = other.name == "TR-NODE2"
    [last] = told(admin, "TR-NODE2")[Layer.HOST]
    assert "no other node is up" in last.sentence
