"""What a scenario says of replication."""

from __future__ import annotations

from typing import Literal

import msgspec

Beginning = Literal[
    "Replicating",
    "Ready",
    "Copying",
    "Exported",
    "Paused",
    "ReplicaPaused",
    "CannotSend",
    "ResynchronizationRequired",
    "Resynchronizing",
    "Prepared",
    "FailedOver",
    "Committed",
]
"""How far a relationship is when the lab begins."""


class CertificateEntry(msgspec.Struct, forbid_unknown_fields=True):
    """A certificate in a host's personal store, by default one that serves for its full name.

    ``days`` is how long it is still valid, less than 0 when it has expired.
    """

    name: str
    names: list[str] | None = None
    days: float = 300
    purposes: tuple[Literal["client", "server"], ...] = ("client", "server")
    has_private_key: bool = True
    is_trusted: bool = True


class AuthorizationEntry(msgspec.Struct, forbid_unknown_fields=True):
    """A primary server, or ``*.domain``, that may replicate to a host."""

    primary: str
    storage_location: str
    trust_group: str


class ReplicaServerEntry(msgspec.Struct, forbid_unknown_fields=True):
    """A host that receives replicas: from any server unless ``entries`` say from whom.

    ``certificate`` is the name of one of the host's. ``listens``: whether its firewall rules let primaries in.
    ``has_service_name``: whether its service principal name is registered, without which there is no Kerberos.
    """

    storage_location: str = ""
    authentication: Literal["Kerberos", "Certificate", "CertificateAndKerberos"] = "Kerberos"
    kerberos_port: int = 80
    certificate_port: int = 443
    certificate: str | None = None
    entries: list[AuthorizationEntry] = []
    listens: bool = True
    has_service_name: bool = True
    latency_limit_minutes: float = 5
    monitoring_hours: float = 12


class SharedVolumeEntry(msgspec.Struct, forbid_unknown_fields=True):
    """A cluster shared volume, in the folder of that name below C:\\ClusterStorage; ``used`` by nothing simulated."""

    name: str
    size: str
    used: str = "0 GB"


class ClusterEntry(msgspec.Struct, forbid_unknown_fields=True):
    """Hosts that are a cluster, with its name, its shared volumes and the name of its replica broker, if it has one."""

    nodes: list[str]
    name: str
    broker: str = ""
    volumes: list[SharedVolumeEntry] = []
    paused: list[str] = []


class ReplicationEntry(msgspec.Struct, forbid_unknown_fields=True):
    """A machine of ``primary`` that is replicated to ``replica``, and from there to ``extended_to``.

    ``begins`` is the state of it at first. ``missed`` and ``successes`` (None: as many as fit the interval) are cycles
    counted already, ``latency_seconds`` how long each took, ``silent_hours`` how long ago the last one was.
    """

    machine: str
    primary: str
    replica: str
    extended_to: str | None = None
    extended_frequency: int = 900
    frequency: int = 300
    history: int = 0
    consistent_hours: int = 0
    excluded: list[str] = []
    compresses: bool = True
    resynchronizes: bool = True
    authentication: Literal["Kerberos", "Certificate"] = "Kerberos"
    certificate: str | None = None
    begins: Beginning = "Replicating"
    missed: int = 0
    successes: int | None = None
    latency_seconds: float = 3
    silent_hours: float = 0
    age_days: float = 20
