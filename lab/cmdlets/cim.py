"""Get-CimInstance and Invoke-CimMethod."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping

from lab.cmdlets.cim_classes import CIMV2, CLASSES, CimClass, class_of, find_class
from lab.cmdlets.cim_query import InvalidQuery, Query, fits, parse_filter, parse_query
from lab.cmdlets.targets import listed
from lab.cmdlets.windows_errors import not_simulated, refuse_parameters, windows_error
from lab.hyperv.operation import Operation
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.streams import StatementError
from lab.powershell.values import Record, UnsignedInt, Value, display_text

CIM_EXCEPTION = "Microsoft.Management.Infrastructure.CimException"
RESULT_TYPES = ("Microsoft.Management.Infrastructure.CimMethodResult", "System.Object")
TERMINATE = 4
STARTED = 4096
NOT_SUPPORTED = 32770
INVALID_PARAMETER = 32773
INVALID_STATE = 32775


@cmdlet("Get-CimInstance", aliases=("gcim",))
async def get_cim_instance(call: Call) -> AsyncIterator[Value]:
    """The instances of a class, of a query, or a known one as it is now."""
    refuse_parameters(call, "ResourceUri")
    given = call.parameters.get("InputObject")
    try:
        if isinstance(given, Record):
            yield _refreshed(call, given)
            return
        query = _asked(call)
        cim_class = _class(call, query.class_name)
        for record in _found(call, cim_class, query):
            yield _narrowed(record, cim_class, query.columns, keys_only=call.switch("KeyOnly"))
    except StatementError as refused:
        call.error(refused.record)


@cmdlet("Invoke-CimMethod", aliases=("icim",))
async def invoke_cim_method(call: Call) -> AsyncIterator[Value]:
    """Call a method of an instance; of all classes only migration jobs have methods here."""
    refuse_parameters(call, "ResourceUri", "CimClass")
    try:
        for instance in list(_instances(call)):
            cim_class = class_of(instance)
            number = _invoke(call, cim_class, instance)
            properties: dict[str, Value] = {"ReturnValue": UnsignedInt(number), "PSComputerName": None}
            yield Record(RESULT_TYPES, properties, RESULT_TYPES[0])
    except StatementError as refused:
        call.error(refused.record)


def _asked(call: Call) -> Query:
    try:
        if "Query" in call.parameters:
            return parse_query(display_text(call.parameters["Query"]))
        conditions = parse_filter(display_text(call.parameters.get("Filter")))
    except InvalidQuery:
        raise _refused(call, "cim_invalid_query", "InvalidArgument") from None
    columns = tuple(map(display_text, listed(call.parameters.get("Property"))))
    return Query(display_text(call.parameters["ClassName"]), columns, conditions)


def _class(call: Call, name: str) -> CimClass:
    namespace = display_text(call.parameters.get("Namespace", CIMV2)).replace("\\", "/").strip("/").lower()
    if namespace not in {each.namespace for each in CLASSES}:
        raise _refused(call, "cim_invalid_namespace", "MetadataError", namespace)
    found = find_class(namespace, name)
    if found is None:
        raise _refused(call, "cim_invalid_class", "MetadataError", f"{namespace}:{name}")
    return found


def _found(call: Call, cim_class: CimClass, query: Query) -> Iterator[Record]:
    try:
        for record in list(cim_class.records(call.host)):
            if fits(record, query.filter):
                yield record
    except InvalidQuery:
        raise _refused(call, "cim_invalid_query", "InvalidArgument") from None


def _narrowed(record: Record, cim_class: CimClass, columns: tuple[str, ...], *, keys_only: bool) -> Record:
    """The instance with only the wanted properties filled, and always its keys."""
    if not columns and not keys_only:
        return record
    wanted = {name.lower() for name in (*columns, *cim_class.keys)}
    if keys_only:
        wanted = {name.lower() for name in cim_class.keys}
    properties = {name: value if name.lower() in wanted else None for name, value in record.properties.items()}
    return Record(record.type_names, properties, record.text, record.subject)


def _refreshed(call: Call, instance: Record) -> Record:
    cim_class = class_of(instance)
    for record in cim_class.records(call.host) if cim_class else ():
        if record.subject is instance.subject:
            return record
    raise _refused(call, "cim_not_found", "ObjectNotFound", instance.text)


def _instances(call: Call) -> Iterator[Record]:
    given = call.parameters.get("InputObject")
    if isinstance(given, Record):
        yield _refreshed(call, given)
    elif "Query" in call.parameters:
        query = _asked(call)
        yield from _found(call, _class(call, query.class_name), query)
    else:
        _class(call, display_text(call.parameters["ClassName"]))
        raise _refused(call, "cim_invalid_method", "InvalidType", display_text(call.parameters["MethodName"]))


def _invoke(call: Call, cim_class: CimClass | None, instance: Record) -> int:
    """What the method returns (Msvm_MigrationJob in Microsoft's WMI reference)."""
    method = display_text(call.parameters["MethodName"]).lower()
    if cim_class is None or not isinstance(instance.subject, Operation):
        name = cim_class.name if cim_class else instance.text
        not_simulated(call, f"methods of {name}")
    if method == "killjob":
        return NOT_SUPPORTED
    if method != "requeststatechange":
        raise _refused(call, "cim_invalid_method", "InvalidType", method)
    if _argument(call, "RequestedState") != TERMINATE:
        return INVALID_PARAMETER
    return STARTED if instance.subject.cancel() else INVALID_STATE


def _argument(call: Call, name: str) -> int | None:
    given = call.parameters.get("Arguments")
    for key, value in given.items() if isinstance(given, Mapping) else ():
        if key.lower() == name.lower():
            text = display_text(value).strip()
            return int(text) if text.isdecimal() else None
    return None


def _refused(call: Call, key: str, category: str, target: Value = None) -> StatementError:
    return StatementError(windows_error(call, key, category, CIM_EXCEPTION, target))
