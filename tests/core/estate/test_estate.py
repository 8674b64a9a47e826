"""Hosts are read whole, in one pipeline, and keep their last picture when they fall silent."""

from __future__ import annotations

import asyncio
import datetime
import sys
import uuid
from dataclasses import replace
from types import FrameType

import msgspec
import pytest

from core.estate.connection import Connection
from core.estate.estate import Picture
from core.estate.inventory import changes, essential_error
from core.hyperv.states import MachineState, SwitchType
from core.powershell.command import Pipeline, command
from core.remoting import errors
from core.remoting.endpoint import Credential, Endpoint
from core.remoting.records import ErrorRecord
from tests.core.estates import key, machine_on, managed, read_all
from tests.core.remoting.simulated_host import Relay, on_a_loop
from tests.laboratory import RunningLab


@on_a_loop
async def test_a_refresh_reads_the_whole_host(shared_lab: RunningLab) -> None:
    async with managed([shared_lab.connection("HV-01")]) as estate:
        picture = await estate.refresh(key("HV-01"))
    inventory = picture.inventory
    assert picture.failure is None
    assert inventory is not None
    assert inventory.errors == ()
    assert inventory.host.fully_qualified_domain_name == "HV-01.contoso.example"
    assert inventory.host.supported_vm_versions[0] == "8.0"
    assert inventory.read_at == datetime.datetime(2025, 3, 10, 8, tzinfo=datetime.UTC)
    assert inventory.read_at.utcoffset() == datetime.timedelta(hours=1)
    assert {volume.drive_letter for volume in inventory.volumes} == {"C", "D"}
    assert {(switch.name, switch.switch_type) for switch in inventory.switches} == {
        ("Production", SwitchType.EXTERNAL),
        ("Management", SwitchType.INTERNAL),
    }
    machines = {machine.name: machine for machine in inventory.machines}
    assert {"DC01", "FILE01", "SQL01", "WEB01", "APP01", "TEST01"} <= set(machines)
    web, app = machines["WEB01"], machines["APP01"]
    assert (web.state, web.memory_assigned, web.processor_usage) == (MachineState.RUNNING, 4 << 30, 12)
    assert web.uptime.seconds == 30 * 24 * 3600
    assert not web.is_busy
    assert machines["TEST01"].state is MachineState.OFF
    assert [drive.path for drive in inventory.drives_of(web.machine_id)] == [
        r"D:\VMs\WEB01\Virtual Hard Disks\WEB01.vhdx"
    ]
    assert len(inventory.drives_of(machines["SQL01"].machine_id)) == 3
    assert inventory.adapters_of(web.machine_id)[0].addresses == ("10.22.100.18",)
    assert [checkpoint.name for checkpoint in inventory.checkpoints_of(app.machine_id)] == ["Before update 4.2"]


@on_a_loop
async def test_a_refresh_is_one_pipeline_of_cmdlets(lab: RunningLab) -> None:
    async with managed([lab.connection("HV-01")]) as estate:
        await estate.refresh(key("HV-01"))
        first = lab.received()
        await estate.refresh(key("HV-01"))
    assert len({entry["pipeline"] for entry in first}) == 1
    assert len({entry["pipeline"] for entry in lab.received()}) == 2
    assert {entry["outcome"] for entry in first} == {"completed"}


@on_a_loop
async def test_a_refresh_is_one_command_one_receive_and_one_signal(shared_lab: RunningLab) -> None:
    direct = shared_lab.connection("HV-01")
    relay = Relay()
    relay.host_port = direct.endpoint.port
    try:
        relayed = replace(direct, endpoint=replace(direct.endpoint, port=await relay.start()))
        async with managed([relayed]) as estate:
            await estate.refresh(key("HV-01"))
            opened = relay.requests
            for refreshes in (1, 2, 3):
                await estate.refresh(key("HV-01"))
                assert relay.requests == opened + 3 * refreshes
            assert relay.connections == 1
    finally:
        await relay.close()


@on_a_loop
async def test_an_endpoint_without_language_is_enough(shared_lab: RunningLab) -> None:
    async with managed(shared_lab.connections(configuration="VMFerry")) as estate:
        assert (await machine_on(estate, "HV-01", "WEB01")).name == "WEB01"


@on_a_loop
async def test_who_asks_during_a_refresh_gets_that_one(shared_lab: RunningLab) -> None:
    async with managed([shared_lab.connection("HV-01")]) as estate:
        await read_all(estate)
        before = len({entry["pipeline"] for entry in shared_lab.received()})
        await asyncio.gather(*(estate.refresh(key("HV-01")) for _ in range(5)))
        assert len({entry["pipeline"] for entry in shared_lab.received()}) == before + 1


@on_a_loop
async def test_a_silent_host_keeps_its_last_picture_and_delays_no_other(lab: RunningLab) -> None:
    refusing = lab.connection("HV-02")
    wrong = replace(refusing, credential=Credential(refusing.credential.user_name, "wrong"))
    async with managed([lab.connection("HV-01"), wrong]) as estate:
        await read_all(estate)
        good, bad = estate.pictures
        assert good.failure is None
        assert isinstance(bad.failure, errors.SignInRefused)
        assert bad.inventory is None
        lab.process.terminate()
        lab.process.wait(20)
        after = await estate.refresh(key("HV-01"))
        assert isinstance(after.failure, errors.RemotingError)
        assert after.inventory is good.inventory


@on_a_loop
async def test_a_visit_manages_only_a_host_that_answers(shared_lab: RunningLab) -> None:
    async with managed([]) as estate:
        connection = shared_lab.connection("HV-01")
        refused = replace(connection, credential=Credential("CONTOSO\\nobody", "wrong"))
        assert isinstance((await estate.visit(refused)).failure, errors.SignInRefused)
        assert estate.pictures == ()
        assert (await estate.visit(connection)).failure is None
        assert [picture.key for picture in estate.pictures] == [connection.key]


@on_a_loop
async def test_a_host_cannot_be_listed_twice(shared_lab: RunningLab) -> None:
    async with managed([shared_lab.connection("HV-01")]) as estate:
        with pytest.raises(ValueError, match="HV-01 is in the list already"):
            estate.add(shared_lab.connection("HV-01"))


@on_a_loop
async def test_changes_tell_what_is_gone_new_and_changed(shared_lab: RunningLab) -> None:
    async with managed([shared_lab.connection("HV-01")]) as estate:
        picture = await estate.refresh(key("HV-01"))
    new = picture.inventory
    assert new is not None
    first, second, *rest = new.machines
    renamed = msgspec.structs.replace(first, name="OLD")
    stranger = msgspec.structs.replace(second, machine_id=uuid.uuid4())
    old = replace(new, machines=(renamed, *rest, stranger))
    found = changes(old, new)
    assert found.changed == (first,)
    assert found.new == (second,)
    assert found.gone == (stranger.machine_id,)
    assert changes(None, new).new == new.machines
    assert changes(new, new) == type(found)((), (), ())


@on_a_loop
async def test_a_new_password_for_a_listed_host_is_taken(shared_lab: RunningLab) -> None:
    right = shared_lab.connection("HV-01")
    wrong = replace(right, credential=Credential(right.credential.user_name, "wrong"))
    async with managed([wrong]) as estate:
        assert isinstance((await estate.refresh(right.key)).failure, errors.SignInRefused)
        assert (await estate.visit(right)).failure is None
        assert (await estate.refresh(right.key)).failure is None
        assert len(estate.pictures) == 1


@on_a_loop
async def test_a_host_known_by_another_name_is_not_listed_twice(shared_lab: RunningLab) -> None:
    listed = shared_lab.connection("HV-01")
    alias = replace(listed, endpoint=replace(listed.endpoint, name="10.22.100.1"))
    async with managed([listed]) as estate:
        await read_all(estate)
        assert (await estate.visit(alias)).key == listed.key
        assert [picture.key for picture in estate.pictures] == [listed.key]


@on_a_loop
async def test_a_visit_that_is_given_up_leaves_no_shell_behind(lab: RunningLab) -> None:
    async with managed([]) as estate:
        visit = asyncio.create_task(estate.visit(lab.connection("HV-01")))
        # The lab tells nobody when a shell opens.
        while not lab.control("GET", "/hosts/HV-01")["shells"]:  # noqa: ASYNC110
            await asyncio.sleep(0)
        visit.cancel()
        await asyncio.gather(visit, return_exceptions=True)
    assert lab.control("GET", "/hosts/HV-01")["shells"] == []


@on_a_loop
async def test_machines_that_could_not_be_read_are_not_taken_for_none(shared_lab: RunningLab) -> None:
    error = ErrorRecord("You do not have the required permission.", "AccessDenied,GetVM", cmdlet="Get-VM")
    assert essential_error((ErrorRecord("No volumes.", cmdlet="Get-Volume"), error)) is error
    assert essential_error((ErrorRecord("No volumes.", cmdlet="Get-Volume"),)) is None
    async with managed([shared_lab.connection("HV-01")]) as estate:
        picture = await estate.refresh(key("HV-01"))
        assert picture.inventory is not None
        assert essential_error(picture.inventory.errors) is None


@on_a_loop
async def test_a_reading_asked_for_anew_begins_after_the_call(shared_lab: RunningLab) -> None:
    async with managed([shared_lab.connection("HV-01")]) as estate:
        await read_all(estate)
        before = len({entry["pipeline"] for entry in shared_lab.received()})
        first = asyncio.create_task(estate.refresh(key("HV-01")))
        await asyncio.sleep(0)
        await estate.reread(key("HV-01"))
        await first
        assert len({entry["pipeline"] for entry in shared_lab.received()}) == before + 2


@on_a_loop
async def test_a_host_is_reached_in_another_way_and_keeps_its_picture(shared_lab: RunningLab) -> None:
    right = shared_lab.connection("HV-01")
    async with managed([right]) as estate:
        before = await estate.refresh(right.key)
        under_way = asyncio.create_task(estate.refresh(right.key))
        await asyncio.sleep(0)
        estate.reconnect(replace(right, folder="Berlin", credential=replace(right.credential, password=None)))
        assert (await under_way).connection.folder == "Berlin"
        after = await estate.refresh(right.key)
        assert after.connection.folder == "Berlin"
        assert after.inventory is before.inventory
        assert isinstance(after.failure, errors.PasswordMissing)
        estate.reconnect(right)
        assert (await estate.refresh(right.key)).failure is None


@on_a_loop
async def test_a_removed_host_is_gone_and_leaves_no_shell(lab: RunningLab) -> None:
    connection = lab.connection("HV-01")
    async with managed([connection]) as estate:
        await estate.refresh(connection.key)
        under_way = asyncio.create_task(estate.refresh(connection.key))
        await asyncio.sleep(0)
        estate.remove(connection.key)
        await under_way
        assert estate.pictures == ()
        with pytest.raises(KeyError):
            estate.picture(connection.key)
        estate.add(connection)
        assert (await estate.refresh(connection.key)).failure is None
    assert lab.control("GET", "/hosts/HV-01")["shells"] == []


@on_a_loop
async def test_no_change_is_sent_to_a_host_that_is_read_only(lab: RunningLab) -> None:
    connection = replace(lab.connection("HV-01"), is_read_only=True)
    async with managed([connection]) as estate:
        machine = await machine_on(estate, "HV-01", "TEST01")
        call = Pipeline((command("Get-VM", Id=machine.machine_id) | command("Start-VM"),))
        with pytest.raises(errors.HostReadOnly):
            await estate.change(connection.key, call)
        with pytest.raises(errors.HostReadOnly):
            await estate.ask(connection.key, call)
        session = estate.open_session(connection, kept_for=600)
        with pytest.raises(errors.HostReadOnly):
            await anext(session.stream(call, changes=True))
        await session.close()
    assert all(entry["cmdlet"] != "Start-VM" for entry in lab.received())


@on_a_loop
async def test_names_of_many_hosts_are_not_gathered_anew_for_each() -> None:
    endpoints = [Endpoint(f"HV-{number}", "127.0.0.1", 1, "http", "negotiate") for number in range(100)]
    connections = [Connection("Many", endpoint, Credential("user", "Kq7-estate")) for endpoint in endpoints]
    asked = 0

    def count(frame: FrameType, event: str, _argument: object) -> None:
        nonlocal asked
        asked += event == "call" and frame.f_code is Picture.names.fget.__code__  # type: ignore[attr-defined]

    async with managed([]) as estate:
        sys.setprofile(count)
        try:
            for connection in connections:
                estate.add(connection)
        finally:
            sys.setprofile(None)
        assert 0 < asked <= len(connections)
        found = estate.find("Many", " hv-99 ")
        assert found is not None
        assert found.key.name == "HV-99"
        with pytest.raises(ValueError, match="HV-7"):
            estate.add(connections[7])
