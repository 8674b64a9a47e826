"""Values converted to the types of parameters, as Windows PowerShell's binder converts them.

An enumeration's value is bound as its documented name (``str``); a parameter whose type ends in ``[]`` is
bound as a ``list``; a switch as ``True`` or ``False``. Message texts follow Windows PowerShell 5.1.
"""

from __future__ import annotations

import datetime
import re
import uuid
from collections.abc import Callable, Mapping

from lab.powershell.documented import Parameter
from lab.powershell.enumerations import enumeration_name, enumeration_names
from lab.powershell.number_text import parse_number
from lab.powershell.properties import type_name
from lab.powershell.values import (
    Char,
    EnumValue,
    Long,
    Record,
    SecureText,
    UnsignedInt,
    UnsignedLong,
    Value,
    Version,
    display_text,
)

_INTEGERS: Mapping[str, tuple[type[int], int, int]] = {
    "Byte": (int, 0, 2**8 - 1),
    "Int16": (int, -(2**15), 2**15 - 1),
    "Int32": (int, -(2**31), 2**31 - 1),
    "Int64": (Long, -(2**63), 2**63 - 1),
    "UInt16": (int, 0, 2**16 - 1),
    "UInt32": (UnsignedInt, 0, 2**32 - 1),
    "UInt64": (UnsignedLong, 0, 2**64 - 1),
}

_VALUE_TYPES = frozenset({*_INTEGERS, "Boolean", "Char", "DateTime", "Double", "Guid", "SwitchParameter", "TimeSpan"})
_FULL_NAMES = {
    "Boolean": "System.Boolean",
    "SwitchParameter": "System.Management.Automation.SwitchParameter",
    "Hashtable": "System.Collections.Hashtable",
    "IDictionary": "System.Collections.IDictionary",
    "PSCredential": "System.Management.Automation.PSCredential",
    "ActionPreference": "System.Management.Automation.ActionPreference",
    "CimSession": "Microsoft.Management.Infrastructure.CimSession",
    "CimInstance": "Microsoft.Management.Infrastructure.CimInstance",
    "Object": "System.Object",
    "PSObject": "System.Management.Automation.PSObject",
    "ScriptBlock": "System.Management.Automation.ScriptBlock",
}
_NAMESPACES = {
    # Types of modules other than Hyper-V: those of public error records, and the rest of the same module.
    "Microsoft.ActiveDirectory.Management": "ADAuthType ADComputer ADSearchScope",
    "Microsoft.PowerShell.Cmdletization.GeneratedTypes.NetIPAddress": (
        "AddressFamily AddressState PrefixOrigin SuffixOrigin Type"
    ),
    "Microsoft.PowerShell.Cmdletization.GeneratedTypes.SmbShare": (
        "AvailabilityType CachingMode FolderEnumerationMode LeasingMode QoSFlowScope ShareState SmbInstance"
    ),
    "Microsoft.Vhd.PowerShell": "VhdCompactMode VhdFormat VhdType",
}
_FULL_NAMES |= {name: f"{space}.{name}" for space, names in _NAMESPACES.items() for name in names.split()}
_STANDS_FOR_ITS_OBJECT = frozenset({"ADComputer", "Certificate", "CimSession"})
"""Types that a name, an identity or a path converts to; such a text is bound as it is."""

_GUID = re.compile(
    r"(?:[0-9a-f]{32}|(?P<open>[{(])?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?(open)[})]))", re.IGNORECASE
)
_TIME_SPAN = re.compile(r"(-)?(?:(\d+)\.)?(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,7}))?)?")
_DATE_FORMATS = ("%m/%d/%Y %H:%M:%S", "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %H:%M", "%m/%d/%Y")


class ConversionError(Exception):
    """A value does not convert; ``text`` is the message, ``error_id`` the error id without its cmdlet."""

    def __init__(self, text: str, error_id: str = "CannotConvertArgumentNoMessage") -> None:
        super().__init__(text)
        self.text = text
        self.error_id = error_id


def element_type(parameter: Parameter) -> tuple[str, bool]:
    """The parameter's type without array brackets, and whether it is an array."""
    if parameter.type == "StringCollection":
        return "String", True
    name = parameter.type.removesuffix("[]")
    nullable = re.fullmatch(r"System\.Nullable`1\[\[System\.(\w+)\]\]", name)
    return (nullable[1] if nullable else name), parameter.type.endswith("[]")


def is_switch(parameter: Parameter) -> bool:
    """Whether the parameter is a switch, which takes no value of its own."""
    return parameter.type == "SwitchParameter"


def full_type_name(parameter: Parameter) -> str:
    """The full .NET name of the parameter's (element) type."""
    name, _ = element_type(parameter)
    if "." in name:
        return name
    if name in _INTEGERS or name in _SIMPLE:
        return f"System.{name}"
    return _FULL_NAMES.get(name, f"Microsoft.HyperV.PowerShell.{name}")


def match_without_conversion(value: Value, parameter: Parameter) -> tuple[bool, Value]:
    """Whether the value already has the parameter's type (one fits an array), and what would be bound."""
    name, is_array = element_type(parameter)
    if value is None:
        return is_array or not (name == "String" or is_value_type(parameter)), None
    if not is_array:
        return _has_type(value, parameter), value
    items = value if isinstance(value, list) else [value]
    return all(_has_type(item, parameter) for item in items), list(items)


def convert(value: Value, parameter: Parameter, zone: datetime.tzinfo | None) -> Value:
    """The value as the parameter's type; texts without an offset are dates in ``zone``.

    Raises ConversionError with PowerShell's text.
    """
    name, is_array = element_type(parameter)
    if is_array:
        if value is None:
            return None
        items = value if isinstance(value, list) else [value]
        return [_convert_one(item, parameter, zone) for item in items]
    if isinstance(value, list) and name not in ("Object", "PSObject"):
        detail = "" if name in ("Boolean", "SwitchParameter") else "Specified method is not supported."
        raise _refused_type(value, parameter, detail)
    return _convert_one(value, parameter, zone)


def match_enumeration(text: str, parameter: Parameter) -> str:
    """The documented name for ``text``: any letter case, an unambiguous beginning, or several names with
    commas.

    Raises ConversionError naming the accepted values.
    """
    return ", ".join(_match_name(part.strip(), parameter) for part in text.split(","))


def _match_name(text: str, parameter: Parameter) -> str:
    names = _accepted_values(parameter)
    exact = [name for name in names if name.lower() == text.lower()]
    near = exact or [name for name in names if name.lower().startswith(text.lower())]
    if len(near) == 1:
        return near[0]
    listed = ", ".join(names)
    if near:
        reason = (
            f"The identifier name {text} cannot be processed because it is either too similar or identical "
            f"to the following enumerator names: {listed}. Use a more specific identifier name."
        )
    else:
        reason = (
            f"Unable to match the identifier name {text} to a valid enumerator name. Specify one of the "
            f"following enumerator names and try again:\n{listed}"
        )
    raise _refused_value(text, parameter, reason)


def _accepted_values(parameter: Parameter) -> tuple[str, ...]:
    return parameter.accepted_values or enumeration_names(_bare_type(parameter))


def _bare_type(parameter: Parameter) -> str:
    """The parameter's (element) type without its namespace."""
    return element_type(parameter)[0].rsplit(".", 1)[-1]


def is_enumeration(parameter: Parameter) -> bool:
    """Whether the parameter takes names of an enumeration."""
    name, _ = element_type(parameter)
    return bool(_accepted_values(parameter)) and name not in _INTEGERS and name not in (*_SIMPLE, "Boolean")


def is_value_type(parameter: Parameter) -> bool:
    """Whether the parameter's (element) type has no null."""
    return element_type(parameter)[0] in _VALUE_TYPES or is_enumeration(parameter)


def _has_type(value: Value, parameter: Parameter) -> bool:
    name, _ = element_type(parameter)
    if name in ("Object", "PSObject"):
        return True
    if name in _INTEGERS:
        kind = _INTEGERS[name][0]
        return type(value) is kind and name in ("Int32", "Int64", "UInt32", "UInt64")
    if name in _SIMPLE:
        return type_name(value) == f"System.{name}"
    match name:
        case "Boolean" | "SwitchParameter":
            return isinstance(value, bool)
        case "Hashtable" | "IDictionary":
            return isinstance(value, Mapping)
        case "PSCredential":
            return isinstance(value, SecureText)
    if is_enumeration(parameter):
        return isinstance(value, EnumValue) and value.type_name.rsplit(".", 1)[-1] == name.rsplit(".", 1)[-1]
    return isinstance(value, Record) and _is_instance(value, name)


def _is_instance(record: Record, wanted: str) -> bool:
    """Whether one of the record's types is called ``wanted``; 2012's pages print another namespace, so by
    last part.
    """
    wanted = wanted.rsplit(".", 1)[-1].lower()
    if record.type_names[0].startswith("Deserialized."):
        return False
    return any(name.split("#")[0].rsplit(".", 1)[-1].lower() == wanted for name in record.type_names)


def _convert_one(value: Value, parameter: Parameter, zone: datetime.tzinfo | None) -> Value:
    name, _ = element_type(parameter)
    if value is None:
        if name == "SwitchParameter":
            return True  # a parameter added without a value
        if is_value_type(parameter):
            raise ConversionError(f'Cannot convert null to type "{full_type_name(parameter)}".')
        return None
    if is_enumeration(parameter):
        return _to_enumeration(value, parameter)
    if _has_type(value, parameter):
        return value
    if name in ("Boolean", "SwitchParameter"):
        if isinstance(value, int | float):
            return value != 0
        raise _refused_type(value, parameter, "")
    if name in _INTEGERS:
        return _to_integer(value, parameter)
    if name in _SIMPLE:
        return _SIMPLE[name](value, parameter, zone)
    if name in _STANDS_FOR_ITS_OBJECT and isinstance(value, str):
        return value
    if name == "PSCredential":
        raise ConversionError(
            "A command that prompts the user failed because the host program or the command type does not "
            "support user interaction. The host was attempting to request confirmation with the following "
            "message: Enter your credentials.",
            "ParameterArgumentTransformationError",
        )
    raise ConversionError(
        f'Cannot convert the "{display_text(value)}" value of type "{type_name(value)}" to type '
        f'"{full_type_name(parameter)}".'
    )


def _refused_value(value: Value, parameter: Parameter, reason: str) -> ConversionError:
    target = full_type_name(parameter)
    return ConversionError(f'Cannot convert value "{display_text(value)}" to type "{target}". Error: "{reason}"')


def _refused_type(value: Value, parameter: Parameter, detail: str) -> ConversionError:
    return ConversionError(
        f"Cannot convert '{type_name(value)}' to the type '{full_type_name(parameter)}' required by "
        f"parameter '{parameter.name}'. {detail}".rstrip(),
        "CannotConvertArgument",
    )


def _to_enumeration(value: Value, parameter: Parameter) -> Value:
    if isinstance(value, EnumValue):
        return match_enumeration(value.name, parameter)
    if isinstance(value, str):
        return match_enumeration(value, parameter)
    name = enumeration_name(_bare_type(parameter), value) if isinstance(value, int) else None
    if name is not None:
        return name
    listed = ",".join(_accepted_values(parameter))
    raise ConversionError(
        f'Cannot convert value "{display_text(value)}" to type "{full_type_name(parameter)}" due to '
        "enumeration values that are not valid. Specify one of the following enumeration values and try "
        f'again. The possible enumeration values are "{listed}".'
    )


def _to_integer(value: Value, parameter: Parameter) -> Value:
    name, _ = element_type(parameter)
    kind, least, most = _INTEGERS[name]
    number: int | float | None = None
    match value:
        case EnumValue():
            number = value.number
        case int() | float():
            number = value
        case str():
            number = 0 if not value.strip() else parse_number(value)
    if number is None:
        raise _refused_value(value, parameter, "Input string was not in a correct format.")
    whole = round(number)
    if not least <= whole <= most:
        article = "an" if name.startswith("I") else "a"
        raise _refused_value(value, parameter, f"Value was either too large or too small for {article} {name}.")
    return kind(whole)


def _to_string(value: Value, parameter: Parameter, zone: datetime.tzinfo | None) -> Value:
    if isinstance(value, list):
        raise _refused_type(value, parameter, "Specified method is not supported.")
    return display_text(value)


def _to_char(value: Value, parameter: Parameter, zone: datetime.tzinfo | None) -> Value:
    if isinstance(value, str) and len(value) == 1:
        return Char(value)
    raise _refused_value(value, parameter, "String must be exactly one character long.")


def _to_double(value: Value, parameter: Parameter, zone: datetime.tzinfo | None) -> Value:
    number = parse_number(value) if isinstance(value, str) else value
    if isinstance(number, int | float):
        return float(number)
    raise _refused_value(value, parameter, "Input string was not in a correct format.")


def _to_guid(value: Value, parameter: Parameter, zone: datetime.tzinfo | None) -> Value:
    if isinstance(value, str) and _GUID.fullmatch(value.strip()):
        return uuid.UUID(value.strip().strip("(){}"))
    reason = "Guid should contain 32 digits with 4 dashes (xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx)."
    raise _refused_value(value, parameter, reason)


def _to_date(value: Value, parameter: Parameter, zone: datetime.tzinfo | None) -> Value:
    text = display_text(value).strip()
    date: datetime.datetime | None = None
    try:
        date = datetime.datetime.fromisoformat(text)
    except ValueError:
        for form in _DATE_FORMATS:
            try:
                date = datetime.datetime.strptime(text, form)
                break
            except ValueError:
                continue
    if date is None:
        raise _refused_value(value, parameter, "String was not recognized as a valid DateTime.")
    return date if date.tzinfo else date.replace(tzinfo=zone)


def _to_time_span(value: Value, parameter: Parameter, zone: datetime.tzinfo | None) -> Value:
    if isinstance(value, int):
        return datetime.timedelta(microseconds=value // 10)  # ticks
    text = display_text(value).strip()
    if text.isdigit():
        return datetime.timedelta(days=int(text))
    found = _TIME_SPAN.fullmatch(text)
    if not found or int(found[3]) > 23 or int(found[4]) > 59 or int(found[5] or 0) > 59:
        raise _refused_value(value, parameter, "String was not recognized as a valid TimeSpan.")
    microseconds = int((found[6] or "").ljust(7, "0")) // 10
    span = datetime.timedelta(
        days=int(found[2] or 0),
        hours=int(found[3]),
        minutes=int(found[4]),
        seconds=int(found[5] or 0),
        microseconds=microseconds,
    )
    return -span if found[1] else span


def _to_version(value: Value, parameter: Parameter, zone: datetime.tzinfo | None) -> Value:
    text = display_text(value).strip()
    if re.fullmatch(r"\d+(\.\d+){1,3}", text):
        return Version(text)
    raise _refused_value(value, parameter, "Version string portion was too short or too long.")


_SIMPLE: Mapping[str, Callable[[Value, Parameter, datetime.tzinfo | None], Value]] = {
    "String": _to_string,
    "WildcardPattern": _to_string,
    "Uri": _to_string,
    "Char": _to_char,
    "Double": _to_double,
    "Guid": _to_guid,
    "DateTime": _to_date,
    "TimeSpan": _to_time_span,
    "Version": _to_version,
}
