"""The network adapters that calls about policies mean: of machines, of checkpoints, and of the host itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lab.cmdlets.adapters import asked_adapters
from lab.cmdlets.networks import adapter_record, asked_own_adapters, internal_record
from lab.hyperv.adapter_policies import AdapterPolicies
from lab.hyperv.changes import refusal, require_idle
from lab.hyperv.host import Host, VirtualSwitch
from lab.hyperv.machine import NetworkAdapter, VirtualMachine
from lab.hyperv.messages import OperationFailed, failed
from lab.powershell.cmdlet import Call
from lab.powershell.values import Record, Value


@dataclass(frozen=True, slots=True)
class Port:
    """An adapter of ``machine``, or (None) one of ``host`` itself."""

    adapter: NetworkAdapter
    machine: VirtualMachine | None
    host: Host

    @property
    def name(self) -> str:
        """The adapter's name."""
        return self.adapter.name

    @property
    def switch(self) -> VirtualSwitch | None:
        """The switch that it is connected to."""
        return self.host.find_switch(self.adapter.switch) if self.adapter.switch else None

    @property
    def seen(self) -> AdapterPolicies:
        """Its policies, to be looked at only: those that come while nobody has changed any."""
        return self.adapter.policies or AdapterPolicies()

    def policies(self) -> AdapterPolicies:
        """Its policies, to be changed; raises OperationFailed while something is under way on the machine."""
        self.require_idle()
        self.adapter.policies = self.adapter.policies or AdapterPolicies()
        return self.adapter.policies

    def require_idle(self) -> None:
        """Raises OperationFailed while something is under way on the machine."""
        if self.machine is not None:
            require_idle(self.machine, self.host)

    def record(self) -> Record:
        """The adapter as Get-VMNetworkAdapter prints it."""
        if self.machine is None:
            return internal_record(self.adapter, self.host)
        return adapter_record(self.adapter, self.machine, self.host)

    def parent_properties(self) -> dict[str, Value]:
        """What the records of all policies say of the adapter that they belong to."""
        return {
            "ParentAdapter": self.record(),
            "IsTemplate": False,
            "VMNetworkAdapterName": self.name,
            "VMName": self.machine.name if self.machine else None,
            "VMId": self.machine.machine_id if self.machine else None,
            "ComputerName": self.host.name,
            "IsDeleted": False,
        }

    def refusal(self, key: str, **names: object) -> OperationFailed:
        """The failure ``key`` about this adapter."""
        if self.machine is not None:
            return refusal(key, self.machine, self.host, adapter=self.name, **names)
        return failed(key, self.host.language, adapter=self.name, **names)


def asked_ports(call: Call, name_parameter: str = "VMNetworkAdapterName") -> Iterator[Port]:
    """The adapters that the call is about; those of all machines where it names none."""
    host = call.host
    own = asked_own_adapters(call, name_parameter)
    if own or call.switch("ManagementOS"):
        yield from (Port(adapter, None, host) for adapter in own)
        return
    if not {"VM", "VMName", "VMNetworkAdapter", "VMSnapshot"} & set(call.parameters):
        for machine in list(host.machines.values()):
            yield from (Port(adapter, machine, host) for adapter in machine.adapters)
        return
    for adapter, machine in asked_adapters(call, name_parameter):
        yield Port(adapter, machine, host)
