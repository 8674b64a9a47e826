"""Binds the arguments of a command, and the objects piped into it, to one documented parameter set.

The order of events is that of Windows PowerShell's cmdlet binder: named arguments, positional arguments
(default set first, exact types before conversion), then the choice of a parameter set; with pipeline input
the choice is made for each object (by value, by property name, both without conversion first).
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from lab.powershell.commands import Argument, NamedNull, SwitchPresent
from lab.powershell.common_parameters import COMMON_PARAMETERS
from lab.powershell.conversion import (
    ConversionError,
    convert,
    element_type,
    full_type_name,
    is_switch,
    is_value_type,
    match_without_conversion,
)
from lab.powershell.documented import CommandSyntax, Parameter, SetParameter
from lab.powershell.parameter_sets import Candidates
from lab.powershell.properties import property_value
from lab.powershell.streams import ErrorRecord, StatementError
from lab.powershell.validation import ValidationError, validate
from lab.powershell.values import Value, display_text

_TAKES_NULL_AND_EMPTY = frozenset({("ConvertTo-Json", "InputObject"), ("Write-Output", "InputObject")})
"""Mandatory parameters that accept null and empty all the same (known, not documented)."""

_FAILED_CONVERSIONS = ("CannotConvertArgument", "ParameterArgumentTransformationError")
_BINDING_EXCEPTION = "System.Management.Automation.ParameterBindingException"
_VALIDATION_EXCEPTION = "System.Management.Automation.ParameterBindingValidationException"
_TRANSFORMATION_EXCEPTION = "System.Management.Automation.ParameterBindingArgumentTransformationException"


@dataclass(frozen=True, slots=True)
class BoundCall:
    """What one run of a cmdlet gets: documented full names with converted values, and the name of the set."""

    parameter_set: str
    parameters: Mapping[str, Value]
    common: Mapping[str, Value]


def find_parameter(command: CommandSyntax, name: str, source: str) -> Parameter | None:
    """The parameter meant by ``name``: its name, an alias or an unambiguous beginning of either, in any
    letter case.

    Raises StatementError (AmbiguousParameter) when the beginning fits several.
    """
    wanted = name.lower().removeprefix("-").removesuffix(":")
    every = {**COMMON_PARAMETERS, **command.parameters}
    near: list[Parameter] = []
    for parameter in every.values():
        names = [parameter.name.lower(), *(alias.lower() for alias in parameter.aliases)]
        if wanted in names:
            return parameter
        if any(candidate.startswith(wanted) for candidate in names):
            near.append(parameter)
    own = [parameter for parameter in near if parameter.name in command.parameters]
    if len(own) == 1 or len(near) == 1:
        return (own or near)[0]
    if not near:
        return None
    matches = " ".join(f"-{parameter.name}" for parameter in near)
    raise _refused(
        command,
        source,
        f"Parameter cannot be processed because the parameter name '{name}' is ambiguous. Possible matches "
        f"include: {matches}.",
        "AmbiguousParameter",
    )


class Binder:
    """Binds one command of a pipeline.

    ``piped`` says whether objects will arrive from the pipeline, ``zone`` is the host's time zone. The
    arguments are bound at once; raises StatementError when they are refused.
    """

    def __init__(
        self,
        command: CommandSyntax,
        version: str,
        arguments: Iterable[Argument],
        *,
        piped: bool,
        zone: datetime.tzinfo | None,
    ) -> None:
        self._command = command
        self._source = command.error_source(version)
        self._zone = zone
        self._every = {**COMMON_PARAMETERS, **command.parameters}
        state, unknown, surplus = self._bind_arguments(tuple(arguments))
        if not state.sets:
            raise self._ambiguous_set()
        if unknown:
            message = f"A parameter cannot be found that matches parameter name '{unknown[0]}'."
            raise self._refused(message, "NamedParameterNotFound")
        if surplus:
            raise surplus[0]
        self._state = self._narrow_for_pipeline(state) if piped else self._settle(state)

    @property
    def arguments(self) -> Mapping[str, Value]:
        """What the arguments alone bound, common parameters included, by documented name."""
        return self._state.bound

    def call_without_input(self) -> BoundCall:
        """The only call of a command into which nothing is piped."""
        return self._call(self._state)

    def call_with_input(self, piped: Value) -> BoundCall:
        """The call for one piped object.

        Raises StatementError when the object does not bind; PowerShell reports that as a non-terminating
        error and goes on with the next object.
        """
        state = self._state
        was_bound = False
        for by_value, with_conversion in ((True, False), (False, False), (True, True), (False, True)):
            bound, state = self._bind_piped(state, piped, by_value=by_value, with_conversion=with_conversion)
            if bound:
                was_bound = True
                state = self._prefer_default(state)
        if not was_bound:
            message = (
                "The input object cannot be bound to any parameters for the command either because the "
                "command does not take pipeline input or the input and its properties do not match any of "
                "the parameters that take pipeline input."
            )
            raise self._refused(message, "InputObjectNotBound", target=piped)
        state = self._choose_set(state)
        missing = state.missing(state.sets[0])
        if missing:
            names = " ".join(missing)
            message = (
                "The input object cannot be bound because it did not contain the information required to "
                f"bind all mandatory parameters:  {names}"
            )
            raise self._refused(message, "InputObjectMissingMandatory", target=piped)
        return self._call(state)

    def _call(self, state: Candidates) -> BoundCall:
        own = {name: value for name, value in state.bound.items() if name in self._command.parameters}
        common = {name: value for name, value in state.bound.items() if name not in own}
        return BoundCall(state.sets[0].name, own, common)

    def _bind_arguments(self, arguments: tuple[Argument, ...]) -> tuple[Candidates, list[str], list[StatementError]]:
        unknown: list[str] = []
        named: list[tuple[Parameter, Value]] = []
        for argument in arguments:
            if argument.name is None:
                continue
            parameter = find_parameter(self._command, argument.name, self._source)
            if parameter is None:
                unknown.append(argument.name)
            elif isinstance(argument.value, SwitchPresent):
                if is_switch(parameter):
                    named.append((parameter, True))
                elif isinstance(argument.value, NamedNull):
                    named.append((parameter, None))
                else:
                    raise self._missing_argument(parameter)
            else:
                named.append((parameter, argument.value))
        state = Candidates({}, self._command.sets)
        for parameter, value in named:
            if parameter.name in state.bound:
                message = (
                    f"Cannot bind parameter because parameter '{parameter.name}' is specified more than "
                    "once. To provide multiple values to parameters that can accept multiple values, use the "
                    'array syntax. For example, "-parameter value1,value2,value3".'
                )
                raise self._refused(message, "ParameterAlreadyBound")
            state = self._bind(state, parameter, self._convert(parameter, value))
        positional = [a.value for a in arguments if a.name is None and not isinstance(a.value, SwitchPresent)]
        return self._bind_positional(state, positional, unknown)

    def _bind_positional(
        self, state: Candidates, values: list[Value], unknown: list[str]
    ) -> tuple[Candidates, list[str], list[StatementError]]:
        remaining = list(values)
        surplus: list[StatementError] = []
        position = -1
        while remaining and not surplus:
            position, candidates = state.next_positional(position)
            if not candidates:
                message = (
                    f"A positional parameter cannot be found that accepts argument '{display_text(remaining[0])}'."
                )
                surplus.append(self._refused(message, "PositionalParameterNotFound"))
                break
            value = remaining.pop(0)
            try:
                state = self._bind_to_first(state, candidates, value)
            except StatementError as refused:
                surplus.append(refused)
        return state, unknown, surplus

    def _bind_to_first(self, state: Candidates, candidates: list[tuple[str, bool]], value: Value) -> Candidates:
        for only_default in (True, False):
            for name, in_default in candidates:
                parameter = self._command.parameters[name]
                fits, exact = match_without_conversion(value, parameter)
                if fits and (in_default or not only_default):
                    self._validate(parameter, exact)
                    return self._bind(state, parameter, exact)
        failure: StatementError | None = None
        for name, _ in sorted(candidates, key=lambda candidate: not candidate[1]):
            parameter = self._command.parameters[name]
            try:
                return self._bind(state, parameter, self._convert(parameter, value))
            except StatementError as refused:
                failure = failure or refused
        assert failure is not None
        raise failure

    def _bind_piped(
        self, state: Candidates, piped: Value, *, by_value: bool, with_conversion: bool
    ) -> tuple[bool, Candidates]:
        """One phase of binding a piped object: the default set first, then every other set still possible."""
        default = [entry for entry in state.sets if entry.is_default]
        for sets in (default, [entry for entry in state.sets if not entry.is_default]):
            was_bound = False
            for name in state.piped_parameters(sets, by_value=by_value):
                if not any(name in entry.parameters for entry in state.sets):
                    continue
                parameter = self._command.parameters[name]
                present, value = (True, piped) if by_value else _property_for(piped, parameter)
                if not present or (value is None and not by_value and self._leaves_out_null(parameter)):
                    continue
                fits, exact = match_without_conversion(value, parameter)
                if fits:
                    self._validate(parameter, exact)
                elif not with_conversion:
                    continue
                else:
                    try:
                        exact = self._convert(parameter, value)
                    except StatementError as refused:
                        if by_value and refused.record.error_id.startswith(_FAILED_CONVERSIONS):
                            continue
                        raise
                state = self._bind(state, parameter, exact)
                was_bound = True
            if was_bound:
                return True, state
        return False, state

    def _bind(self, state: Candidates, parameter: Parameter, value: Value) -> Candidates:
        sets = state.sets
        if parameter.name in self._command.parameters:
            sets = tuple(entry for entry in sets if parameter.name in entry.parameters)
        return Candidates({**state.bound, parameter.name: value}, sets)

    def _settle(self, state: Candidates) -> Candidates:
        """Choose the one parameter set when nothing more will arrive, and check that it is complete."""
        state = self._choose_set(state)
        missing = state.missing(state.sets[0])
        if missing:
            raise self._missing_mandatory(missing)
        return state

    def _choose_set(self, state: Candidates) -> Candidates:
        state = self._prefer_default(state)
        if len(state.sets) > 1:
            complete = tuple(entry for entry in state.sets if not state.missing(entry))
            if len(complete) != 1:
                raise self._ambiguous_set()
            state = replace(state, sets=complete)
        return state

    def _prefer_default(self, state: Candidates) -> Candidates:
        default = tuple(entry for entry in state.sets if entry.is_default)
        return replace(state, sets=default) if default else state

    def _narrow_for_pipeline(self, state: Candidates) -> Candidates:
        """Drop the sets that objects from the pipeline can no longer complete."""
        takes_input = tuple(entry for entry in state.sets if state.takes_input(entry))
        sets = takes_input or state.sets
        viable = tuple(entry for entry in sets if not state.missing(entry, pipeline=True))
        if viable:
            return replace(state, sets=viable)
        latched = [entry for entry in sets if entry.is_default] or list(sets)
        if len(latched) > 1:
            raise self._ambiguous_set()
        raise self._missing_mandatory(state.missing(latched[0], pipeline=True))

    def _convert(self, parameter: Parameter, value: Value) -> Value:
        try:
            converted = convert(value, parameter, self._zone) if not self._is_null_for(parameter, value) else None
        except ConversionError as refused:
            if self._command.is_function or refused.error_id == "ParameterArgumentTransformationError":
                message = f"Cannot process argument transformation on parameter '{parameter.name}'. {refused.text}"
                exception = _TRANSFORMATION_EXCEPTION
                raise self._refused(message, "ParameterArgumentTransformationError", "InvalidData", exception) from None
            prefix = (
                f"Cannot bind parameter '{parameter.name}'. "
                if refused.error_id == "CannotConvertArgumentNoMessage"
                else ""
            )
            raise self._refused(prefix + refused.text, refused.error_id) from None
        self._validate(parameter, converted)
        return converted

    def _is_null_for(self, parameter: Parameter, value: Value) -> bool:
        return value is None and self._refuses_null(parameter)

    def _refuses_null(self, parameter: Parameter) -> bool:
        """PowerShell refuses null and empty for a parameter that is mandatory in any of its sets."""
        if is_switch(parameter) or (self._command.name, parameter.name) in _TAKES_NULL_AND_EMPTY:
            return False
        entries = (entry.parameters.get(parameter.name, SetParameter()) for entry in self._command.sets)
        return any(entry.mandatory for entry in entries)

    def _leaves_out_null(self, parameter: Parameter) -> bool:
        """Whether a property that is null counts as none: numbers and the like have no null, and the pages do not say
        which of them are declared as nullable (assumed: all that no set needs).
        """
        return is_value_type(parameter) and not self._refuses_null(parameter)

    def _validate(self, parameter: Parameter, value: Value) -> None:
        try:
            validate(value, parameter, refuses_null=self._refuses_null(parameter))
        except ValidationError as refused:
            raise self._refused(refused.text, refused.error_id, "InvalidData", _VALIDATION_EXCEPTION) from None

    def _missing_argument(self, parameter: Parameter) -> StatementError:
        message = (
            f"Missing an argument for parameter '{parameter.name}'. Specify a parameter of type "
            f"'{full_type_name(parameter)}{'[]' if element_type(parameter)[1] else ''}' and try again."
        )
        return self._refused(message, "MissingArgument")

    def _missing_mandatory(self, names: list[str]) -> StatementError:
        message = f"Cannot process command because of one or more missing mandatory parameters: {' '.join(names)}."
        return self._refused(message, "MissingMandatoryParameter")

    def _ambiguous_set(self) -> StatementError:
        message = "Parameter set cannot be resolved using the specified named parameters."
        return self._refused(message, "AmbiguousParameterSet")

    def _refused(
        self,
        message: str,
        error_id: str,
        category: str = "InvalidArgument",
        exception: str = _BINDING_EXCEPTION,
        target: Value = None,
    ) -> StatementError:
        return _refused(self._command, self._source, message, error_id, category, exception, target)


def _refused(
    command: CommandSyntax,
    source: str,
    message: str,
    error_id: str,
    category: str = "InvalidArgument",
    exception: str = _BINDING_EXCEPTION,
    target: Value = None,
) -> StatementError:
    types = tuple(dict.fromkeys((exception, _BINDING_EXCEPTION, "System.Exception", "System.Object")))
    return StatementError(ErrorRecord(message, f"{error_id},{source}", category, command.name, types, target))


def _property_for(piped: Value, parameter: Parameter) -> tuple[bool, Value]:
    for name in (parameter.name, *parameter.aliases):
        present, value = property_value(piped, name)
        if present:
            return True, value
    return False, None
