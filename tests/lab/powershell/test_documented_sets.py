"""Every documented parameter set of every documented cmdlet, against PowerShell's rules for choosing a set.

One case is a cmdlet in the versions that document it alike; a failure names the sets that went wrong.
"""

from __future__ import annotations

import datetime
import itertools
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pytest

from lab.powershell.binding import Binder
from lab.powershell.commands import SWITCH_PRESENT, Argument, SwitchPresent
from lab.powershell.documented import CommandSyntax, Parameter, ParameterSet, documentation
from lab.powershell.streams import StatementError
from lab.powershell.values import Char, Long, Record, SecureText, UnsignedInt, UnsignedLong, Value, Version

VERSIONS = ("2012", "2012R2", "2016", "2019", "2022", "2025")

SAMPLES: dict[str, Value] = {
    "Boolean": True,
    "Byte": 3,
    "Char": Char("C"),
    "CimSession": "beta",
    "DateTime": datetime.datetime(2025, 1, 2, tzinfo=datetime.UTC),
    "Guid": uuid.UUID("6e4f2b1c-0d3a-4c55-9a51-3f0f6f1f2a10"),
    "Hashtable": {"SourceFilePath": "a", "DestinationFilePath": "b"},
    "IDictionary": {"Name": "x"},
    "Int16": 3,
    "Int32": 3,
    "Int64": Long(3),
    "Object": "x",
    "PSCredential": SecureText("secret"),
    "PSObject": "x",
    "String": "x",
    "System.Nullable`1[[System.DateTime]]": datetime.datetime(2025, 1, 2, tzinfo=datetime.UTC),
    "TimeSpan": datetime.timedelta(hours=1),
    "UInt16": 3,
    "UInt32": UnsignedInt(3),
    "UInt64": UnsignedLong(3),
    "Uri": "x:y",
    "Version": Version("9.0"),
}

COVERED_BY_THE_DEFAULT_SET = {
    # As printed, these sets have nothing that the default set has not, so PowerShell takes that and misses its
    # mandatory parameter.
    ("Add-VMHardDiskDrive", "2012", "UNNAMED_PARAMETER_SET_4"): "VMName",
    ("Test-VMNetworkAdapter", "2012R2", "ManagementOS"): "VMName",
}


ENUMERATIONS = {
    # Not every version's page lists the names of an enumeration, nor names its namespace alike: those of other versions
    # are taken there too.
    parameter.type.removesuffix("[]").rpartition(".")[2]: parameter.accepted_values[0]
    for name in documentation().names()
    for version in VERSIONS
    if (command := documentation().syntax(name, version)) is not None
    for parameter in command.parameters.values()
    if parameter.accepted_values
}


def sample(parameter: Parameter) -> Value | SwitchPresent:
    """A value of the parameter's own type, one of the accepted ones where they are documented."""
    name = parameter.type.removesuffix("[]")
    if name == "SwitchParameter":
        return SWITCH_PRESENT
    if parameter.accepted_values:
        return parameter.accepted_values[0]
    if name in SAMPLES:
        return SAMPLES[name]
    return ENUMERATIONS.get(name.rpartition(".")[2]) or Record((name, "System.Object"), {}, f"a {name}")


@dataclass(frozen=True)
class Case:
    """A cmdlet as the first of several versions documents it, and as the rest of them do too."""

    command: CommandSyntax
    version: str

    @property
    def source(self) -> str:
        return self.command.error_source(self.version)

    def names(self, entry: ParameterSet) -> list[str]:
        """The parameters of a set, without those that are an alias of another and all the same printed as well."""
        aliases = {alias for parameter in self.command.parameters.values() for alias in parameter.aliases}
        return [name for name in entry.parameters if name not in aliases]

    def outcome(self, names: Iterable[str], *more: Argument) -> str:
        """The set that these parameters choose, or the error id and the parameters that were missing."""
        given = {name: sample(self.command.parameters[name]) for name in names}
        arguments = [*(Argument(name, value) for name, value in given.items()), *more]
        try:
            binder = Binder(self.command, self.version, arguments, piped=False, zone=datetime.UTC)
        except StatementError as refused:
            missing = refused.record.message.partition("missing mandatory parameters: ")[2].removesuffix(".")
            return f"{refused.record.error_id} {missing}".rstrip()
        call = binder.call_without_input()
        assert call.parameters.keys() == given.keys()
        return call.parameter_set

    def expected(self, names: Iterable[str]) -> str:
        """What PowerShell makes of these parameters: of the sets that have them all the default one wins, else the
        only one, else the only complete one; the mandatory parameters of the winner must be there.
        """
        given = set(names)
        possible = [entry for entry in self.command.sets if given <= entry.parameters.keys()]
        winners = [entry for entry in possible if entry.is_default] or possible
        if len(winners) > 1:
            winners = [entry for entry in winners if not missing(entry, given)]
        if len(winners) != 1:
            return f"AmbiguousParameterSet,{self.source}"
        absent = missing(winners[0], given)
        return f"MissingMandatoryParameter,{self.source} {' '.join(absent)}" if absent else winners[0].name


def missing(entry: ParameterSet, given: set[str]) -> list[str]:
    return [name for name, described in entry.parameters.items() if described.mandatory and name not in given]


def cases() -> Iterator[Case]:
    for name in documentation().names():
        found: list[Case] = []
        for version in VERSIONS:
            command = documentation().syntax(name, version)
            if command is None:
                continue
            case = Case(command, version)
            if not any(case.command == other.command and case.source == other.source for other in found):
                found.append(case)
        yield from found


each_case = pytest.mark.parametrize("case", [pytest.param(c, id=f"{c.command.name}-{c.version}") for c in cases()])


@each_case
def test_every_set_binds_with_all_its_parameters(case: Case) -> None:
    expected, outcomes = {}, {}
    for entry in case.command.sets:
        covered = COVERED_BY_THE_DEFAULT_SET.get((case.command.name, case.version, entry.name))
        expected[entry.name] = f"MissingMandatoryParameter,{case.source} {covered}" if covered else entry.name
        outcomes[entry.name] = case.outcome(case.names(entry))
    assert outcomes == expected


@each_case
def test_no_set_takes_a_name_that_is_not_documented(case: Case) -> None:
    outcomes = {entry.name: case.outcome(case.names(entry), Argument("Zzz", 1)) for entry in case.command.sets}
    assert outcomes == {entry.name: f"NamedParameterNotFound,{case.source}" for entry in case.command.sets}


@each_case
def test_two_sets_mix_only_where_another_set_has_all_of_both(case: Case) -> None:
    expected, outcomes = {}, {}
    for one, other in itertools.combinations(case.command.sets, 2):
        mixed = {*case.names(one), *case.names(other)}
        key = f"{one.name} with {other.name}"
        expected[key], outcomes[key] = case.expected(mixed), case.outcome(mixed)
    assert outcomes == expected


@each_case
def test_every_set_misses_its_mandatory_parameters(case: Case) -> None:
    expected, outcomes = {}, {}
    for entry in case.command.sets:
        for absent in missing(entry, set()):
            given = [name for name in case.names(entry) if name != absent]
            key = f"{entry.name} without -{absent}"
            expected[key], outcomes[key] = case.expected(given), case.outcome(given)
    assert outcomes == expected


@pytest.mark.parametrize("name", ["Remove-VMNetworkAdapter", "Rename-VMNetworkAdapter", "Set-VMNetworkAdapter"])
def test_an_alias_that_the_2012_pages_print_is_no_second_parameter(name: str) -> None:
    command = documentation().syntax(name, "2012")
    assert command is not None
    case = Case(command, "2012")
    expected = f"ParameterAlreadyBound,{case.source}"
    assert case.outcome(["Name", "VMNetworkAdapterName"]) == expected


@each_case
def test_every_set_by_its_mandatory_parameters_alone(case: Case) -> None:
    expected, outcomes = {}, {}
    for entry in case.command.sets:
        given = missing(entry, set())
        expected[entry.name], outcomes[entry.name] = case.expected(given), case.outcome(given)
    assert outcomes == expected
