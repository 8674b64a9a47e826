"""The features of switch extensions: what can be set, what is set for ports and switches, and what those report."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass

from lab.cmdlets.adapter_ports import asked_ports
from lab.cmdlets.enumerations import hyperv_types
from lab.cmdlets.switches import asked_switches
from lab.cmdlets.targets import listed, reported
from lab.hyperv.adapter_policies import AdapterPolicies, Feature
from lab.hyperv.host import Host, VirtualSwitch
from lab.hyperv.messages import failed
from lab.hyperv.switch_extensions import (
    NATIVE_ID,
    NATIVE_PORT,
    NATIVE_SWITCH,
    PORT_DATA,
    PORT_FEATURES,
    SWITCH_DATA,
    SWITCH_FEATURES,
    FeatureKind,
)
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Record, Value, display_text
from lab.powershell.wildcards import matches


@dataclass(frozen=True, slots=True)
class FeatureSetting:
    """A feature, which a record of it stands for; ``instance_id`` is None for one that is not set anywhere yet."""

    kind: FeatureKind
    instance_id: uuid.UUID | None = None


@dataclass(slots=True)
class FeaturePlace:
    """A port or a switch with the features that are set for it, as they are to be written back."""

    features: list[Feature]
    switch: VirtualSwitch | None = None
    policies: AdapterPolicies | None = None

    def keep(self) -> None:
        """Write the features back."""
        if self.policies is not None:
            self.policies.features = self.features
        elif self.switch is not None:
            self.switch.features = tuple(self.features)


def feature_record(setting: FeatureSetting, type_name: str, extension: str, host: Host) -> Record:
    """A feature as the Get-VM...SwitchExtension...Feature cmdlets print it."""
    properties: dict[str, Value] = {
        "Id": setting.kind.identifier,
        "ExtensionId": NATIVE_ID,
        "ExtensionName": extension,
        "Name": setting.kind.name,
        "InstanceId": setting.instance_id,
        "SettingData": None,
        "ComputerName": host.name,
        "IsDeleted": False,
    }
    text = f"{type_name} (Name = '{setting.kind.name}')"
    return Record(
        hyperv_types(type_name, "VMSwitchExtensionFeature", "VirtualizationObject"), properties, text, setting
    )


@cmdlet("Get-VMSystemSwitchExtensionPortFeature")
async def get_vm_system_switch_extension_port_feature(call: Call) -> AsyncIterator[Value]:
    """The features that can be set for ports."""
    for kind in _wanted(call, PORT_FEATURES, NATIVE_PORT):
        yield feature_record(FeatureSetting(kind), "VMSwitchExtensionPortFeature", NATIVE_PORT, call.host)


@cmdlet("Get-VMSystemSwitchExtensionSwitchFeature")
async def get_vm_system_switch_extension_switch_feature(call: Call) -> AsyncIterator[Value]:
    """The features that can be set for switches."""
    for kind in _wanted(call, SWITCH_FEATURES, NATIVE_SWITCH):
        yield feature_record(FeatureSetting(kind), "VMSwitchExtensionSwitchFeature", NATIVE_SWITCH, call.host)


@cmdlet("Get-VMSwitchExtensionPortFeature")
async def get_vm_switch_extension_port_feature(call: Call) -> AsyncIterator[Value]:
    """The features that are set for ports."""
    for place in _port_places(call, changes=False):
        for setting in _settings(call, place, PORT_FEATURES, NATIVE_PORT):
            yield feature_record(setting, "VMSwitchExtensionPortFeature", NATIVE_PORT, call.host)


@cmdlet("Get-VMSwitchExtensionSwitchFeature")
async def get_vm_switch_extension_switch_feature(call: Call) -> AsyncIterator[Value]:
    """The features that are set for switches."""
    for place in _switch_places(call):
        for setting in _settings(call, place, SWITCH_FEATURES, NATIVE_SWITCH):
            yield feature_record(setting, "VMSwitchExtensionSwitchFeature", NATIVE_SWITCH, call.host)


@cmdlet("Add-VMSwitchExtensionPortFeature")
async def add_vm_switch_extension_port_feature(call: Call) -> AsyncIterator[Value]:
    """Set features for ports for which they are not set."""
    async for value in _change(call, _port_places(call), "add"):
        yield value


@cmdlet("Set-VMSwitchExtensionPortFeature")
async def set_vm_switch_extension_port_feature(call: Call) -> AsyncIterator[Value]:
    """Set features anew for ports for which they are set."""
    async for value in _change(call, _port_places(call), "set"):
        yield value


@cmdlet("Remove-VMSwitchExtensionPortFeature")
async def remove_vm_switch_extension_port_feature(call: Call) -> AsyncIterator[Value]:
    """Take features of ports back."""
    async for value in _change(call, _port_places(call), "remove"):
        yield value


@cmdlet("Add-VMSwitchExtensionSwitchFeature")
async def add_vm_switch_extension_switch_feature(call: Call) -> AsyncIterator[Value]:
    """Set features for switches for which they are not set."""
    async for value in _change(call, _switch_places(call), "add"):
        yield value


@cmdlet("Set-VMSwitchExtensionSwitchFeature")
async def set_vm_switch_extension_switch_feature(call: Call) -> AsyncIterator[Value]:
    """Set features anew for switches for which they are set."""
    async for value in _change(call, _switch_places(call), "set"):
        yield value


@cmdlet("Remove-VMSwitchExtensionSwitchFeature")
async def remove_vm_switch_extension_switch_feature(call: Call) -> AsyncIterator[Value]:
    """Take features of switches back."""
    async for value in _change(call, _switch_places(call), "remove"):
        yield value


@cmdlet("Get-VMSwitchExtensionPortData")
async def get_vm_switch_extension_port_data(call: Call) -> AsyncIterator[Value]:
    """What connected ports report of themselves."""
    for _ in _port_places(call, changes=False):
        for kind in _wanted(call, PORT_DATA, NATIVE_PORT):
            yield _data_record(kind, "VMSwitchExtensionPortData", NATIVE_PORT, call.host)


@cmdlet("Get-VMSwitchExtensionSwitchData")
async def get_vm_switch_extension_switch_data(call: Call) -> AsyncIterator[Value]:
    """What switches report of themselves."""
    for _ in _switch_places(call):
        for kind in _wanted(call, SWITCH_DATA, NATIVE_SWITCH):
            yield _data_record(kind, "VMSwitchExtensionSwitchData", NATIVE_SWITCH, call.host)


def _data_record(kind: FeatureKind, type_name: str, extension: str, host: Host) -> Record:
    properties: dict[str, Value] = {
        "Id": kind.identifier,
        "ExtensionId": NATIVE_ID,
        "ExtensionName": extension,
        "Name": kind.name,
        "Data": None,
        "ComputerName": host.name,
        "IsDeleted": False,
    }
    types = hyperv_types(type_name, "VMSwitchExtensionRuntimeData", "VirtualizationObject")
    return Record(types, properties, f"{type_name} (Name = '{kind.name}')", kind)


async def _change(call: Call, places: Iterator[FeaturePlace], deed: str) -> AsyncIterator[Value]:
    given = [v.subject for v in listed(call.parameters["VMSwitchExtensionFeature"]) if isinstance(v, Record)]
    type_name = call.syntax.parameters["VMSwitchExtensionFeature"].type.removesuffix("[]")
    extension = NATIVE_PORT if "Port" in type_name else NATIVE_SWITCH
    for place in places:
        for setting in given:
            if not isinstance(setting, FeatureSetting):
                continue
            with reported(call):
                changed = _changed(call, place, setting, deed)
                place.keep()
                if call.switch("Passthru"):
                    record = feature_record(changed, type_name, extension, call.host)
                    record.properties["IsDeleted"] = deed == "remove"
                    yield record


def _changed(call: Call, place: FeaturePlace, setting: FeatureSetting, deed: str) -> FeatureSetting:
    """Add, set or remove a feature of ``place``; raises OperationFailed when it is there, or is not."""
    kind, host = setting.kind, call.host
    there = next((feature for feature in place.features if feature.feature_id == kind.identifier), None)
    if deed == "add":
        if there is not None:
            raise failed("feature_there", host.language, name=kind.name)
        there = Feature(kind.identifier, host.estate.new_id())
        place.features.append(there)
    elif there is None:
        raise failed("feature_missing", host.language, name=kind.name)
    elif deed == "remove":
        place.features.remove(there)
    return FeatureSetting(kind, there.instance_id)


def _settings(
    call: Call, place: FeaturePlace, known: Iterable[FeatureKind], extension: str
) -> Iterator[FeatureSetting]:
    set_here = {feature.feature_id: feature.instance_id for feature in place.features}
    for kind in _wanted(call, known, extension):
        if kind.identifier in set_here:
            yield FeatureSetting(kind, set_here[kind.identifier])


def _wanted(call: Call, known: Iterable[FeatureKind], extension: str) -> Iterator[FeatureKind]:
    """Those that -FeatureName, -FeatureId, -ExtensionName and the like let through."""
    names = [display_text(value) for value in listed(call.parameters.get("FeatureName"))]
    identifiers = listed(call.parameters.get("FeatureId"))
    extensions = [display_text(value) for value in listed(call.parameters.get("ExtensionName"))]
    if extensions and not any(matches(pattern, extension) for pattern in extensions):
        return
    if {"Extension", "SystemSwitchExtension"} & set(call.parameters):
        return  # features of the switch itself belong to none of the extensions that can be switched on and off
    for kind in known:
        by_name = not names or any(matches(pattern, kind.name) for pattern in names)
        if by_name and (not identifiers or kind.identifier in identifiers):
            yield kind


def _port_places(call: Call, *, changes: bool = True) -> Iterator[FeaturePlace]:
    """The ports that the call means; the external port of a switch with -ExternalPort."""
    if call.switch("ExternalPort"):
        everywhere = "SwitchName" not in call.parameters
        for switch in list(call.host.switches) if everywhere else asked_switches(call, "SwitchName"):
            policies = switch.external_policies or AdapterPolicies()
            if changes:
                switch.external_policies = policies
            yield FeaturePlace(list(policies.features), policies=policies)
        return
    for port in asked_ports(call):
        with reported(call):
            policies = port.policies() if changes else port.seen
            yield FeaturePlace(list(policies.features), policies=policies)


def _switch_places(call: Call) -> Iterator[FeaturePlace]:
    for switch in asked_switches(call, "SwitchName"):
        yield FeaturePlace(list(switch.features), switch=switch)
