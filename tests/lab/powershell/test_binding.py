"""Arguments and piped objects bind to the documented parameter sets as Windows PowerShell binds them."""

from __future__ import annotations

import datetime
import uuid

import pytest

from lab.powershell.binding import Binder, BoundCall
from lab.powershell.commands import NAMED_NULL, SWITCH_PRESENT, Argument, SwitchPresent
from lab.powershell.documented import CommandSyntax, Documentation, documentation
from lab.powershell.streams import StatementError
from lab.powershell.values import (
    Char,
    EnumValue,
    Long,
    Record,
    UnsignedInt,
    Value,
    Version,
    custom_object,
)

VERSIONS = ("2012R2", "2016", "2022", "2025")
MACHINE_ID = uuid.UUID("6e4f2b1c-0d3a-4c55-9a51-3f0f6f1f2a10")


def hyperv_object(name: str, **properties: Value) -> Record:
    return Record((f"Microsoft.HyperV.PowerShell.{name}", "System.Object"), dict(properties), f"a {name}")


MACHINE = hyperv_object("VirtualMachine", Name="web", Id=MACHINE_ID, Path="C:\\vm")


def syntax(name: str, version: str = "2022") -> CommandSyntax:
    found = documentation().syntax(name, version)
    assert found is not None
    return found


def bind(name: str, *arguments: Argument, version: str = "2022", piped: bool = False) -> Binder:
    return Binder(syntax(name, version), version, arguments, piped=piped, zone=datetime.UTC)


def call(name: str, *positional: Value, version: str = "2022", **named: Value | SwitchPresent) -> BoundCall:
    arguments = [Argument(key, value) for key, value in named.items()]
    arguments += [Argument(None, value) for value in positional]
    return bind(name, *arguments, version=version).call_without_input()


def pipe(value: Value, name: str, *, version: str = "2022", **named: Value | SwitchPresent) -> BoundCall:
    arguments = [Argument(key, given) for key, given in named.items()]
    return bind(name, *arguments, version=version, piped=True).call_with_input(value)


def refused_id(refused: pytest.ExceptionInfo[StatementError]) -> str:
    return refused.value.record.error_id.partition(",")[0]


class TestNames:
    @pytest.mark.parametrize("given", ["DestinationStoragePath", "destinationstoragepath", "-DestinationS"])
    def test_any_case_and_unambiguous_beginnings(self, given: str) -> None:
        bound = bind("Move-VMStorage", Argument("VMName", "web"), Argument(given, "D:\\"))
        assert bound.call_without_input().parameters == {"Name": "web", "DestinationStoragePath": "D:\\"}

    def test_an_ambiguous_beginning_is_refused(self) -> None:
        with pytest.raises(StatementError) as refused:
            call("Move-VM", "web", "beta", Destination="x")
        assert refused_id(refused) == "AmbiguousParameter"
        assert "-DestinationCimSession" in refused.value.record.message

    def test_the_cmdlets_own_parameters_go_before_common_ones(self) -> None:
        """-P begins -Passthru, and the common -PipelineVariable."""
        assert call("Move-VM", "web", "beta", P=SWITCH_PRESENT).parameters["Passthru"] is True

    def test_the_same_parameter_twice(self) -> None:
        with pytest.raises(StatementError) as refused:
            bind("Get-VM", Argument("Name", "a"), Argument("VMName", "b"))
        assert refused_id(refused) == "ParameterAlreadyBound"

    def test_a_parameter_without_its_value(self) -> None:
        with pytest.raises(StatementError) as refused:
            call("Get-VM", Name=SWITCH_PRESENT)
        assert refused_id(refused) == "MissingArgument"
        assert "'System.String[]'" in refused.value.record.message

    def test_null_from_the_wire_is_a_switch_or_null(self) -> None:
        """PSRP sends a switch as a named parameter without a value; for any other parameter that is $null."""
        assert call("Move-VM", "web", "beta", Passthru=NAMED_NULL).parameters["Passthru"] is True
        assert call("Set-VMDvdDrive", "web", Path=NAMED_NULL).parameters["Path"] is None
        with pytest.raises(StatementError) as refused:
            call("Move-VM", "web", DestinationHost=NAMED_NULL)
        assert refused_id(refused) == "ParameterArgumentValidationErrorNullNotAllowed"

    def test_common_parameters_are_accepted_everywhere(self) -> None:
        bound = call("Get-VMHost", ea="Stop", OutVariable="x", Verbose=SWITCH_PRESENT)
        assert bound.common == {"ErrorAction": "Stop", "OutVariable": "x", "Verbose": True}
        assert bound.parameters == {}

    @pytest.mark.parametrize(("name", "accepted"), [("Move-VM", True), ("Get-VM", False)])
    def test_what_if_only_where_documented(self, name: str, accepted: bool) -> None:
        arguments = [Argument("WhatIf", SWITCH_PRESENT), Argument(None, "web")]
        if name == "Move-VM":
            arguments.append(Argument(None, "beta"))
        if accepted:
            assert bind(name, *arguments).call_without_input().parameters["WhatIf"] is True
        else:
            with pytest.raises(StatementError) as refused:
                bind(name, *arguments)
            assert refused_id(refused) == "NamedParameterNotFound"


class TestPositions:
    def test_positions_follow_the_documentation(self) -> None:
        bound = call("Move-VM", "web", "beta")
        assert bound.parameter_set == "NameSingleDestination"
        assert bound.parameters == {"Name": "web", "DestinationHost": "beta"}

    def test_the_2012_pages_count_from_one(self) -> None:
        assert call("Move-VM", "web", "beta", version="2012").parameters["DestinationHost"] == "beta"

    def test_a_named_parameter_leaves_its_position(self) -> None:
        bound = call("Move-VM", "web", DestinationHost="beta")
        assert bound.parameters == {"Name": "web", "DestinationHost": "beta"}

    def test_an_exact_type_chooses_the_set_before_conversion_does(self) -> None:
        assert call("Get-VM", MACHINE_ID).parameters == {"Id": MACHINE_ID}
        assert call("Get-VM", str(MACHINE_ID)).parameters == {"Name": [str(MACHINE_ID)]}

    def test_one_argument_too_many(self) -> None:
        with pytest.raises(StatementError) as refused:
            call("Get-VM", "web", "beta")
        assert refused_id(refused) == "PositionalParameterNotFound"
        assert "'beta'" in refused.value.record.message

    def test_a_value_that_fits_no_parameter_at_its_position(self) -> None:
        with pytest.raises(StatementError) as refused:
            call("Get-Date", "never")
        assert refused_id(refused) == "CannotConvertArgumentNoMessage"


CONVERSIONS: list[tuple[str, str, Value, Value]] = [
    ("Get-VM", "Name", "web", ["web"]),
    ("Get-VM", "Name", ["a", 5], ["a", "5"]),
    ("Get-VM", "Id", f"{{{MACHINE_ID}}}", MACHINE_ID),
    ("Get-VM", "Id", MACHINE_ID.hex, MACHINE_ID),
    ("Select-Object", "First", "10", 10),
    ("Select-Object", "First", "1KB", 1024),
    ("Select-Object", "First", "0x10", 16),
    ("Select-Object", "First", 2.5, 2),
    ("Select-Object", "First", Long(7), 7),
    ("Select-Object", "First", True, 1),
    ("Select-Object", "First", "", 0),
    ("Select-Object", "Index", "3", [3]),
    ("Get-VHD", "DiskNumber", "4", UnsignedInt(4)),
    ("Get-VMSnapshot", "SnapshotType", "planned", "Planned"),
    ("Get-VMSnapshot", "SnapshotType", "Rec", "Recovery"),
    ("Get-VMSnapshot", "SnapshotType", EnumValue("X.SnapshotType", "Planned", 2), "Planned"),
    ("Get-VMSwitch", "SwitchType", "External", ["External"]),
    ("Get-VMSwitch", "SwitchType", 2, ["External"]),
    ("Get-Date", "DisplayHint", 1, "Time"),
    ("Get-Date", "Date", "2025-01-02", datetime.datetime(2025, 1, 2, tzinfo=datetime.UTC)),
    ("Get-Date", "Date", "01/02/2025 03:04:05", datetime.datetime(2025, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)),
    ("Get-Volume", "DriveLetter", "C", [Char("C")]),
    ("Get-VMHost", "CimSession", "beta", ["beta"]),
    ("Out-String", "Stream", 1, True),
    ("Out-String", "Stream", None, True),
    ("Out-String", "Stream", False, False),
]


@pytest.mark.parametrize(("name", "parameter", "given", "bound"), CONVERSIONS)
def test_values_are_converted(name: str, parameter: str, given: Value, bound: Value) -> None:
    arguments = [Argument(parameter, given)]
    if name == "Get-VMSnapshot":
        arguments.append(Argument("VMName", "web"))
    converted = bind(name, *arguments).call_without_input().parameters[parameter]
    assert converted == bound
    assert type(converted) is type(bound)


REFUSED: list[tuple[str, str, Value, str, str]] = [
    ("Get-VM", "Id", "web", "CannotConvertArgumentNoMessage", '"System.Guid"'),
    ("Get-VM", "Id", f"({MACHINE_ID}", "CannotConvertArgumentNoMessage", '"System.Guid"'),
    ("Get-VM", "Id", None, "CannotConvertArgumentNoMessage", "Cannot convert null"),
    ("Select-Object", "First", "abc", "CannotConvertArgumentNoMessage", "Input string was not"),
    (
        "Select-Object",
        "First",
        "4GB",
        "CannotConvertArgumentNoMessage",
        "too small for an Int32",
    ),
    ("Select-Object", "First", [1, 2], "CannotConvertArgument", "Specified method is not supported"),
    ("Get-VHD", "DiskNumber", -1, "CannotConvertArgumentNoMessage", "too small for a UInt32"),
    ("Out-String", "Stream", "true", "CannotConvertArgument", "System.Management.Automation.SwitchParameter"),
    ("Move-VM", "Name", ["a", "b"], "CannotConvertArgument", "'System.Object[]' to the type 'System.String'"),
    ("Move-VM", "Name", "", "ParameterArgumentValidationErrorEmptyStringNotAllowed", "an empty string"),
    ("Move-VM", "Name", None, "ParameterArgumentValidationErrorNullNotAllowed", "because it is null"),
    ("Get-VHD", "Path", [], "ParameterArgumentValidationErrorEmptyArrayNotAllowed", "an empty array"),
    ("Get-VHD", "Path", ["a", ""], "ParameterArgumentValidationErrorEmptyStringNotAllowed", "empty string"),
    (
        "Move-VM",
        "VM",
        "web",
        "CannotConvertArgumentNoMessage",
        'PowerShell.VirtualMachine"',
    ),
    ("Move-VM", "Vhds", "x", "CannotConvertArgumentNoMessage", '"System.Collections.Hashtable"'),
    ("Get-Date", "DisplayHint", "Zone", "CannotConvertArgumentNoMessage", "Date, Time, DateTime"),
    ("Get-Date", "DisplayHint", "D", "CannotConvertArgumentNoMessage", "too similar"),
    ("Get-Date", "DisplayHint", 9, "CannotConvertArgumentNoMessage", '"Date,Time,DateTime"'),
    ("Get-VMHost", "Credential", "admin", "ParameterArgumentTransformationError", "prompts the user"),
    ("Get-Volume", "DriveLetter", "CD", "ParameterArgumentTransformationError", "argument transformation"),
    ("Get-VM", "ErrorAction", "Maybe", "CannotConvertArgumentNoMessage", "SilentlyContinue, Stop"),
]


@pytest.mark.parametrize(("name", "parameter", "given", "error_id", "part"), REFUSED)
def test_values_are_refused(name: str, parameter: str, given: Value, error_id: str, part: str) -> None:
    with pytest.raises(StatementError) as refused:
        bind(name, Argument(parameter, given))
    assert refused_id(refused) == error_id
    assert part in refused.value.record.message


def test_a_deserialized_object_is_not_the_object() -> None:
    copy = Record(("Deserialized.Microsoft.HyperV.PowerShell.VirtualMachine", "System.Object"), {}, "web")
    with pytest.raises(StatementError) as refused:
        call("Move-VM", VM=copy, DestinationHost="beta", VirtualMachinePath="D:\\")
    assert refused_id(refused) == "CannotConvertArgumentNoMessage"


@pytest.mark.parametrize(("given", "accepted"), [(1, 1), ("2", 2), (3, None), ("0", None)])
def test_only_the_documented_numbers(given: Value, accepted: int | None) -> None:
    """Accepted values of a number are those of a ValidateSet attribute."""
    if accepted is not None:
        assert call("New-VM", Name="web", Generation=given).parameters["Generation"] == accepted
        return
    with pytest.raises(StatementError) as refused:
        call("New-VM", Name="web", Generation=given)
    record = refused.value.record
    assert refused_id(refused) == "ParameterArgumentValidationError"
    assert record.category == "InvalidData"
    assert record.exception_types[0] == "System.Management.Automation.ParameterBindingValidationException"
    assert f'The argument "{given}" does not belong to the set "1,2"' in record.message


def test_names_of_an_enumeration_that_the_2012_pages_do_not_list() -> None:
    assert call("New-VM", version="2012", Name="web", BootDevice="cd").parameters["BootDevice"] == "CD"
    with pytest.raises(StatementError) as refused:
        call("New-VM", version="2012", Name="web", BootDevice="Tape")
    assert "Floppy, CD, IDE" in refused.value.record.message


def test_a_computer_of_the_directory_is_known_by_its_identity() -> None:
    assert call("Get-ADComputer", "alpha").parameters == {"Identity": "alpha"}


@pytest.mark.parametrize(
    ("name", "parameter", "type_name"),
    [
        ("Where-Object", "FilterScript", "System.Management.Automation.ScriptBlock"),
        ("ConvertTo-Json", "InputObject", "System.Object"),
        ("Convert-VHD", "VHDType", "Microsoft.Vhd.PowerShell.VhdType"),
        ("Get-NetIPAddress", "AddressFamily", "...GeneratedTypes.NetIPAddress.AddressFamily[]"),
        ("Set-VMFirmware", "EnableSecureBoot", "Microsoft.HyperV.PowerShell.OnOffState"),
    ],
)
def test_types_are_called_by_their_full_names(name: str, parameter: str, type_name: str) -> None:
    with pytest.raises(StatementError) as refused:
        bind(name, Argument(parameter, SWITCH_PRESENT))
    assert refused_id(refused) == "MissingArgument"
    assert f"{type_name.removeprefix('...')}' and try again" in refused.value.record.message


def test_null_and_nothing_are_values_for_write_output() -> None:
    assert call("Write-Output", None).parameters == {"InputObject": None}
    assert call("Write-Output", "").parameters == {"InputObject": [""]}


def test_a_version_converts_to_text() -> None:
    assert call("Get-VM", Name=Version("10.0")).parameters == {"Name": ["10.0"]}


def made_up(**sets: dict[str, str]) -> CommandSyntax:
    """A cmdlet whose last set is the default one; every parameter takes any object."""
    last = list(sets)[-1]
    described = [{"name": name, "default": name == last, "parameters": sets[name]} for name in sets]
    parameters = {name: {"type": "Object"} for entry in sets.values() for name in entry}
    shape = {"versions": ["2022"], "parameters": parameters, "sets": described}
    found = Documentation({"Test-It": {"module": "Hyper-V", "shapes": [shape]}}).syntax("Test-It", "2022")
    assert found is not None
    return found


def test_by_position_the_default_set_goes_first() -> None:
    command = made_up(Other={"A": "position=0"}, Usual={"B": "position=0"})
    binder = Binder(command, "2022", [Argument(None, 1)], piped=False, zone=None)
    assert binder.call_without_input().parameters == {"B": 1}


def test_a_position_is_filled_once() -> None:
    """Pages print two parameters at one position; the second argument goes to the next position."""
    command = made_up(Usual={"A": "position=0", "B": "position=0", "C": "position=1"})
    binder = Binder(command, "2022", [Argument(None, 1), Argument(None, 2)], piped=False, zone=None)
    assert binder.call_without_input().parameters == {"A": 1, "C": 2}
    with pytest.raises(StatementError) as refused:
        Binder(command, "2022", [Argument(None, value) for value in (1, 2, 3)], piped=False, zone=None)
    assert refused_id(refused) == "PositionalParameterNotFound"


class TestPipeline:
    def test_sets_that_take_no_input_are_out_of_the_question(self) -> None:
        command = made_up(Other={"A": "by-value", "B": "mandatory"}, Usual={"C": ""})
        with pytest.raises(StatementError) as refused:
            Binder(command, "2022", [], piped=True, zone=None)
        assert refused_id(refused) == "MissingMandatoryParameter"

    def test_by_value_with_the_exact_type(self) -> None:
        bound = pipe(MACHINE, "Move-VMStorage", DestinationStoragePath="D:\\")
        assert bound.parameter_set == "VMSingleDestination"
        assert bound.parameters["VM"] is MACHINE

    def test_text_goes_to_the_name(self) -> None:
        bound = pipe("web", "Move-VMStorage", DestinationStoragePath="D:\\")
        assert bound.parameters["Name"] == "web"

    def test_each_object_chooses_its_own_set(self) -> None:
        binder = bind("Move-VMStorage", Argument("DestinationStoragePath", "D:\\"), piped=True)
        sets = [binder.call_with_input(value).parameter_set for value in (MACHINE, "web", MACHINE)]
        assert sets == ["VMSingleDestination", "NameSingleDestination", "VMSingleDestination"]

    def test_by_property_name_and_by_alias(self) -> None:
        bound = pipe(custom_object({"VMId": MACHINE_ID}), "Get-VHD")
        assert bound.parameters == {"VMId": [MACHINE_ID]}
        assert pipe(custom_object({"fullname": "C:\\a.vhdx"}), "Get-VHD").parameters == {"Path": ["C:\\a.vhdx"]}

    def test_a_property_that_does_not_convert(self) -> None:
        with pytest.raises(StatementError) as refused:
            pipe(custom_object({"DriveLetter": "CD"}), "Get-Volume")
        assert refused.value.record.error_id == "ParameterArgumentTransformationError,Get-Volume"

    def test_the_default_set_goes_first(self) -> None:
        drive = custom_object({"Path": "C:\\a.vhdx", "VMId": MACHINE_ID})
        assert pipe(drive, "Get-VHD").parameters == {"Path": ["C:\\a.vhdx"]}

    def test_an_object_that_fits_nothing(self) -> None:
        with pytest.raises(StatementError) as refused:
            pipe(MACHINE, "Get-Date")
        record = refused.value.record
        assert record.error_id == "InputObjectNotBound,Microsoft.PowerShell.Commands.GetDateCommand"
        assert record.target is MACHINE

    def test_a_command_that_takes_no_input(self) -> None:
        with pytest.raises(StatementError) as refused:
            pipe("x", "Disable-VMMigration")
        assert refused_id(refused) == "InputObjectNotBound"

    def test_what_input_cannot_give_must_be_given(self) -> None:
        with pytest.raises(StatementError) as refused:
            bind("Move-VM", Argument("IncludeStorage", SWITCH_PRESENT), piped=True, version="2012R2")
        assert refused_id(refused) == "MissingMandatoryParameter"
        assert refused.value.record.message.endswith("parameters: DestinationHost.")

    @pytest.mark.parametrize(("version", "is_ambiguous"), [("2012R2", False), ("2016", True), ("2025", True)])
    def test_a_piped_machine_leaves_two_sets_of_move_vm(self, version: str, is_ambiguous: bool) -> None:
        """As documented since 2016 both VM sets are complete with -DestinationHost alone."""
        if not is_ambiguous:
            assert pipe(MACHINE, "Move-VM", version=version, DestinationHost="beta").parameter_set == "VM"
            return
        with pytest.raises(StatementError) as refused:
            pipe(MACHINE, "Move-VM", version=version, DestinationHost="beta")
        assert refused_id(refused) == "AmbiguousParameterSet"
        bound = pipe(MACHINE, "Move-VM", version=version, DestinationHost="beta", IncludeStorage=SWITCH_PRESENT)
        assert bound.parameter_set == "VMSingleDestination"

    def test_a_list_fills_a_list(self) -> None:
        assert pipe(["a", "b"], "Write-Output").parameters == {"InputObject": ["a", "b"]}
