"""The Enable Replication Wizard without widgets: its route, what it refuses before anything is sent, and its plan."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.estate.estate import Estate
from core.hyperv.states import ReplicationAuthentication
from core.powershell.command import Command
from core.powershell.script import script
from core.replication.addresses import AddressBlock, FailoverAddresses
from core.replication.protection import CopyMethod, Points
from core.wizards.enable_choices import EnableChoices, Side
from core.wizards.enable_many import EnableManyWizard
from core.wizards.enable_replication import EnableWizard
from core.wizards.wizard import Problem, Step, obstacles
from lab.powershell.documented import documentation
from tests.core.estates import key, managed, read_all
from tests.laboratory import RunningLab

CERTIFICATE, KERBEROS = ReplicationAuthentication.CERTIFICATE, ReplicationAuthentication.KERBEROS
HOURS = datetime.timedelta(hours=1)


class Desk:
    """The hosts of a lab, read once, and what is done with them."""

    def __init__(self, runner: asyncio.Runner, estate: Estate) -> None:
        self._runner = runner
        self.estate = estate

    def run(self, work: Awaitable[Any]) -> Any:
        async def wait() -> Any:
            return await work

        return self._runner.run(wait())

    def wizard(self, name: str = "WEB01") -> EnableWizard:
        return EnableWizard(self.estate, key("HV-01"), self.machine(name))

    def machine(self, name: str) -> Any:
        inventory = self.estate.picture(key("HV-01")).inventory
        assert inventory is not None
        return next(machine for machine in inventory.machines if machine.name == name)

    def examined(self, wizard: EnableWizard, page: str) -> tuple[Problem, ...]:
        found: tuple[Problem, ...] = self.run(wizard.examine(step(wizard, page)))
        return found


def step(wizard: EnableWizard, page: str) -> Step:
    return next(each for each in wizard.steps() if each.page == page)


@pytest.fixture(scope="module")
def desk(shared_lab: RunningLab) -> Iterator[Desk]:
    with asyncio.Runner() as runner:
        opened = managed(shared_lab.connections(practice=True))
        estate = runner.run(opened.__aenter__())
        runner.run(read_all(estate))
        before = len(shared_lab.received())
        yield Desk(runner, estate)
        runner.run(opened.__aexit__(None, None, None))
        changing = ("Enable-VM", "Start-VM", "Set-VM")
        assert not [each for each in shared_lab.received()[before:] if str(each["cmdlet"]).startswith(changing)]


def test_the_route_is_that_of_hyper_v_manager_with_the_addresses(desk: Desk) -> None:
    wizard = desk.wizard()
    assert wizard.title == "Enable Replication for WEB01"
    assert [each.heading for each in wizard.steps()] == [
        "Before You Begin",
        "Specify Replica Server",
        "Specify Connection Parameters",
        "Choose Replication VHDs",
        "Configure Replication Frequency",
        "Configure Additional Recovery Points",
        "Choose Initial Replication Method",
        "Failover TCP/IP",
        "Completing the Enable Replication Wizard",
    ]
    assert {picture.key.name for picture in wizard.servers()} == {"HV-02", "HV-DR"}


def test_good_choices_become_a_plan_that_says_what_it_does(desk: Desk) -> None:
    wizard = desk.wizard()
    wizard.choices.server = "hv-dr"
    assert desk.examined(wizard, wizard.SERVER) == ()
    assert (wizard.choices.server, wizard.choices.port, wizard.server_name) == ("HV-DR", "80", "HV-DR.contoso.example")
    wizard.choices.keeps_points = wizard.choices.is_consistent = True
    wizard.choices.is_scheduled, wizard.choices.begins = True, wizard.now + 2 * HOURS
    assert obstacles(desk.examined(wizard, wizard.SUMMARY)) == ()
    plan = desk.run(wizard.plan())
    assert plan.title == "Enable replication of WEB01 to HV-DR.contoso.example"
    assert plan.hosts == (key("HV-01"),)
    assert plan.checks
    summary = dict(plan.summary)
    assert summary["Replicated disks:"] == "WEB01.vhdx (27.5 GB)"
    assert summary["Recovery points:"].startswith(
        "The latest, and 24 hourly ones; application-consistent every 4 hours\nThe recovery points need about "
    )
    assert summary["Resynchronisation:"] == "By itself where it is needed, between 18:30 and 06:00"
    assert f"Begins at {wizard.now + 2 * HOURS:%Y-%m-%d %H:%M} by the clock of HV-01" in summary["Initial copy:"]
    assert summary["Estimated duration:"].startswith("About 2")


def test_a_server_that_listens_otherwise_changes_the_parameters(desk: Desk) -> None:
    wizard = desk.wizard()
    wizard.choices.server = "HV-DR"
    desk.examined(wizard, wizard.SERVER)
    wizard.choices.authentication = CERTIFICATE
    wizard.propose_port()
    assert wizard.choices.port == "443"
    (problem,) = desk.examined(wizard, wizard.CONNECTION)
    assert problem.what == "No certificate is chosen."


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("", "No Replica server is named."),
        ("hv dr", "The name of a server cannot contain the character ' '."),
        ("HV-01", "WEB01 is on HV-01 itself."),
        ("hv-01.contoso.EXAMPLE", "WEB01 is on HV-01 itself."),
    ],
)
def test_a_server_that_cannot_be_is_refused(desk: Desk, name: str, what: str) -> None:
    wizard = desk.wizard()
    wizard.choices.server = name
    (problem,) = desk.examined(wizard, wizard.SERVER)
    assert problem.what == what
    assert problem.cure


def scheduled(later: datetime.timedelta) -> Callable[[EnableWizard], dict[str, Any]]:
    return lambda wizard: {"is_scheduled": True, "begins": wizard.now + later}


@pytest.mark.parametrize(
    ("page", "choices", "field", "what"),
    [
        ("connection", {"port": "0"}, "port", "“0” is not a port."),
        ("connection", {"port": "65536"}, "port", "“65536” is not a port."),
        ("connection", {"port": "http"}, "port", "“http” is not a port."),
        ("connection", {"port": "80.5"}, "port", "“80.5” is not a port."),
        ("connection", {"authentication": CERTIFICATE}, "certificate", "No certificate is chosen."),
        ("connection", {"authentication": CERTIFICATE, "thumbprint": "AB CD"}, "certificate", "ABCD is not a thumb"),
        ("frequency", {"frequency": 60}, "frequency", "Hyper-V does not replicate every 60 seconds."),
        ("points", {"keeps_points": True, "hours": 25}, "hours", "25 additional recovery points cannot be kept."),
        ("points", {"is_consistent": True}, "consistent_hours", "need additional recovery points."),
        (
            "points",
            {"keeps_points": True, "is_consistent": True, "consistent_hours": 13},
            "consistent_hours",
            "every 13 hours cannot be made.",
        ),
        ("copy", {"method": CopyMethod.MEDIA}, "folder", "No folder is named."),
        ("copy", {"method": CopyMethod.MEDIA, "folder": "IR"}, "folder", "IR is not a full path."),
        ("copy", {"method": CopyMethod.MEDIA, "folder": "Q:\\IR"}, "folder", "HV-01 has no drive Q:."),
        ("copy", scheduled(-HOURS), "copy", "is past: by the clock of HV-01 it is"),
        ("copy", scheduled(169 * HOURS), "copy", "is more than seven days ahead"),
        ("copy", {"method": CopyMethod.EXISTING, "server": "BROKER"}, "copy", "BROKER is not managed here"),
    ],
)
def test_bad_input_is_refused_with_words(
    desk: Desk, page: str, choices: dict[str, Any] | Callable[[EnableWizard], dict[str, Any]], field: str, what: str
) -> None:
    wizard = desk.wizard()
    for name, value in (choices if isinstance(choices, dict) else choices(wizard)).items():
        setattr(wizard.choices, name, value)
    (problem,) = wizard.problems(step(wizard, page))
    assert problem.field == field
    assert what in problem.what
    assert problem.cure.endswith(".")
    with pytest.raises(ValueError, match=r"\w"):
        desk.run(wizard.plan())


def test_a_thumbprint_is_cleaned_of_what_windows_copies_along(desk: Desk) -> None:
    wizard = desk.wizard()
    digits = "0123456789abcdef0123456789abcdef01234567"
    wizard.choices.authentication = CERTIFICATE
    wizard.choices.thumbprint = "\u200e" + " ".join(digits[place : place + 2] for place in range(0, 40, 2)) + " "
    assert wizard.problems(step(wizard, wizard.CONNECTION)) == ()
    assert wizard.protection().link.thumbprint == digits.upper()
    wizard.choices.authentication = KERBEROS
    assert wizard.protection().link.thumbprint == ""


def test_a_broker_that_nobody_manages_is_judged_by_the_primary(desk: Desk) -> None:
    wizard = desk.wizard()
    wizard.choices.server = "HV-BROKER"
    assert desk.examined(wizard, wizard.SERVER) == ()
    (problem,) = obstacles(desk.examined(wizard, wizard.CONNECTION))
    assert "The primary server cannot find a computer of that name." in problem.what


def test_several_machines_have_one_set_of_choices_and_exceptions(desk: Desk) -> None:
    machines = [desk.machine(name) for name in ("DC01", "TEST01", "FILE01")]
    wizard = EnableManyWizard(desk.estate, key("HV-01"), machines)
    wizard.lead.choices.server = "HV-DR"
    for page in (wizard.SERVER, wizard.CONNECTION):
        assert obstacles(desk.run(wizard.examine(Step(page, "", "")))) == ()
    wizard.lead.choices.keeps_points, wizard.lead.choices.hours = True, 3
    wizard.set_exemption(wizard.rows[1], points=Points(0), frequency=900)
    wizard.set_exemption(wizard.rows[2], frequency=300)
    wizard.choices.stagger = 20
    assert obstacles(desk.run(wizard.examine(Step(wizard.SUMMARY, "", "")))) == ()
    batch = desk.run(wizard.plan())
    calls = [dict(plan.actions[0].pipeline.statements[0].commands[1].parameters) for plan in batch.plans]
    assert [(call["ReplicationFrequencySec"], call["RecoveryHistory"]) for call in calls] == [
        (300, 3),
        (900, 0),
        (300, 3),
    ]
    starts = [plan.actions[-1].pipeline.statements[0].commands[1] for plan in batch.plans]
    times = [dict(start.parameters).get("InitialReplicationStartTime") for start in starts]
    begins = wizard.lead.now.replace(tzinfo=None)
    later = [begins + datetime.timedelta(minutes=20 * place) for place in (1, 2)]
    assert times == [None, *(f"{time:%Y-%m-%dT%H:%M:%S}" for time in later)]
    assert dict(wizard.summary())["Together:"].startswith("480.4 GB are copied; over the network that takes about ")
    wizard.set_exemption(wizard.rows[0], points=Points(30))
    (problem,) = obstacles(wizard.problems(Step(wizard.GRID, "", "")))
    assert problem.what == "DC01: 30 additional recovery points cannot be kept."


blocks = st.sampled_from(
    [
        AddressBlock(),
        AddressBlock("192.168.15.10", "255.255.255.0", "192.168.15.1"),
        AddressBlock("x", "y"),
        AddressBlock("10.0.0.9", "255.255.255.0", "10.0.1.1"),
    ]
)
choices_of_anybody = st.builds(
    EnableChoices,
    server=st.sampled_from(["HV-DR", "HV-02", "broker.contoso.example", "", "a b", "it's"]),
    port=st.one_of(st.integers(-1, 70000).map(str), st.text(max_size=3)),
    authentication=st.sampled_from(ReplicationAuthentication),
    thumbprint=st.sampled_from(["", "\u200eAB", "ab" * 20, "AB " * 20]),
    compresses=st.booleans(),
    frequency=st.sampled_from([30, 300, 900, 7]),
    keeps_points=st.booleans(),
    hours=st.integers(0, 26),
    is_consistent=st.booleans(),
    consistent_hours=st.integers(0, 14),
    method=st.sampled_from(CopyMethod),
    folder=st.sampled_from(["", "D:\\It's here", "Q:\\x", "\\\\s\\share\\x"]),
    is_scheduled=st.booleans(),
    begins=st.one_of(st.none(), st.datetimes(datetime.datetime(2025, 3, 1), datetime.datetime(2025, 4, 1))),
    addresses=st.dictionaries(
        st.tuples(st.just(0), st.sampled_from(Side)), st.builds(FailoverAddresses, blocks, st.just(AddressBlock()))
    ),
    test_switches=st.dictionaries(st.just(0), st.sampled_from(["", "Failover tests"])),
)


def binds(call: Command) -> bool:
    """Whether one documented set of the cmdlet takes all of these parameters."""
    syntax = documentation().syntax(call.name, "2022")
    assert syntax is not None
    names = {name.lower() for name, _value in call.parameters}
    sets = [{each.lower() for each in found.parameters} for found in syntax.sets]
    return any(names <= found for found in sets)


def test_whatever_passes_the_rules_becomes_calls_that_bind(desk: Desk) -> None:
    @given(choices_of_anybody)
    def any_choices(choices: EnableChoices) -> None:
        wizard = desk.wizard()
        wizard.choices = replace(choices)
        found = [problem for each in wizard.steps() for problem in wizard.problems(each)]
        if obstacles(found):
            assert all(problem.what and problem.cure for problem in found)
            with pytest.raises(ValueError, match=r"."):
                desk.run(wizard.plan())
            return
        plan = desk.run(wizard.plan())
        for action in plan.actions:
            assert script(action.pipeline).count("\n") == len(action.pipeline.statements) - 1
            for statement in action.pipeline.statements:
                assert all(binds(call) for call in statement.commands)

    any_choices()
