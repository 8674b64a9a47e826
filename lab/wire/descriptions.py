"""What a host tells about itself: its WinRM configuration, and its shells and their commands, as XML of a SOAP body."""

from __future__ import annotations

from xml.sax.saxutils import escape

from lab.wire.quotas import Quotas
from lab.wire.shell import Shell


def configuration(quotas: Quotas) -> str:
    """The resource ``winrm/config`` (MS-WSMV 2.2.4.10); what is no quota is that of a fresh Windows Server 2022."""
    return (
        '<cfg:Config xmlns:cfg="http://schemas.microsoft.com/wbem/wsman/1/config" xml:lang="en-US">'
        f"<cfg:MaxEnvelopeSizekb>{quotas.max_envelope_size_kb}</cfg:MaxEnvelopeSizekb>"
        "<cfg:MaxTimeoutms>60000</cfg:MaxTimeoutms>"
        "<cfg:MaxBatchItems>32000</cfg:MaxBatchItems>"
        "<cfg:MaxProviderRequests>4294967295</cfg:MaxProviderRequests>"
        "<cfg:Service>"
        "<cfg:MaxConcurrentOperations>4294967295</cfg:MaxConcurrentOperations>"
        f"<cfg:MaxConcurrentOperationsPerUser>{quotas.max_operations_per_user}</cfg:MaxConcurrentOperationsPerUser>"
        "<cfg:EnumerationTimeoutms>240000</cfg:EnumerationTimeoutms>"
        "<cfg:MaxConnections>300</cfg:MaxConnections>"
        "<cfg:MaxPacketRetrievalTimeSeconds>120</cfg:MaxPacketRetrievalTimeSeconds>"
        "<cfg:AllowUnencrypted>false</cfg:AllowUnencrypted>"
        "</cfg:Service>"
        "<cfg:Winrs>"
        "<cfg:AllowRemoteShellAccess>true</cfg:AllowRemoteShellAccess>"
        f"<cfg:IdleTimeout>{quotas.idle_timeout * 1000:.0f}</cfg:IdleTimeout>"
        f"<cfg:MaxConcurrentUsers>{quotas.max_concurrent_users}</cfg:MaxConcurrentUsers>"
        "<cfg:MaxShellRunTime>2147483647</cfg:MaxShellRunTime>"
        "<cfg:MaxProcessesPerShell>2147483647</cfg:MaxProcessesPerShell>"
        "<cfg:MaxMemoryPerShellMB>2147483647</cfg:MaxMemoryPerShellMB>"
        f"<cfg:MaxShellsPerUser>{quotas.max_shells_per_user}</cfg:MaxShellsPerUser>"
        "</cfg:Winrs>"
        "</cfg:Config>"
    )


def shell_description(shell: Shell, quotas: Quotas) -> str:
    """A shell (MS-WSMV 2.2.4.37)."""
    values = {
        "ShellId": shell.shell_id,
        "ResourceUri": shell.resource_uri,
        "Owner": shell.owner,
        "ClientIP": "127.0.0.1",
        "IdleTimeOut": f"PT{shell.idle_timeout:.3f}S",
        "InputStreams": "stdin pr",
        "OutputStreams": "stdout",
        "MaxIdleTimeOut": f"PT{quotas.max_idle_timeout:.3f}S",
        "Locale": "en-US",
        "DataLocale": "en-US",
        "CompressionMode": "NoCompression",
        "ProfileLoaded": "Yes",
        "Encoding": "UTF8",
        "BufferMode": "Block",
        "State": "Connected" if shell.connected else "Disconnected",
        "ShellRunTime": "P0DT0H0M0S",
        "ShellInactivity": "P0DT0H0M0S",
    }
    return f"<rsp:Shell>{_elements(values)}</rsp:Shell>"


def command_descriptions(shell: Shell) -> str:
    """The commands of a shell; a command is connected or not as its shell is (assumed)."""
    state = "Connected" if shell.connected else "Disconnected"
    return "".join(
        f"<rsp:Command>{_elements({'ShellId': shell.shell_id, 'CommandId': command, 'State': state})}</rsp:Command>"
        for command in shell.commands
    )


def _elements(values: dict[str, str]) -> str:
    return "".join(f"<rsp:{name}>{escape(value)}</rsp:{name}>" for name, value in values.items())
