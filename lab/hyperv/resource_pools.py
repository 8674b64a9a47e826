"""Resource pools of a host: one that is there from the beginning for each type, and those below it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field

from lab.hyperv.files import NoSuchVolume, ShareDenied, key
from lab.hyperv.host import Host, VirtualSwitch
from lab.hyperv.messages import OperationFailed, failed

PRIMORDIAL = "Primordial"
KINDS = ("Memory", "Processor", "Ethernet", "VHD", "ISO", "VFD", "FibreChannelPort", "FibreChannelConnection")
"""Names of VMResourcePoolType; 2016 added PciExpress."""
STORAGE = frozenset({"VHD", "ISO", "VFD"})


@dataclass(slots=True, eq=False)
class ResourcePool:
    """A pool of resources of one ``kind``; ``parents`` are names of pools of the same kind."""

    name: str
    kind: str
    parents: tuple[str, ...] = (PRIMORDIAL,)
    paths: list[str] = field(default_factory=list)
    switches: list[VirtualSwitch] = field(default_factory=list)
    metered_since: datetime.datetime | None = None

    @property
    def is_primordial(self) -> bool:
        """Whether it is the one that is there from the beginning."""
        return self.name == PRIMORDIAL


def kinds(host: Host) -> tuple[str, ...]:
    """The types of pools that this version of Windows has."""
    return KINDS if host.is_old else (*KINDS, "PciExpress")


def pools(host: Host) -> list[ResourcePool]:
    """All pools, the primordial ones first."""
    kept = {pool.kind: pool for pool in host.pools if pool.is_primordial}
    first = [kept.get(kind) or ResourcePool(PRIMORDIAL, kind, ()) for kind in kinds(host)]
    return first + [pool for pool in host.pools if not pool.is_primordial]


def find_pool(name: str, kind: str, host: Host) -> ResourcePool:
    """The pool of that name and kind; raises OperationFailed when there is none."""
    for pool in pools(host):
        if (pool.name.lower(), pool.kind) == (name.lower(), kind):
            return pool
    raise failed("pool_unknown", host.language, kind=kind, name=name)


def new_pool(name: str, kind: str, parents: Iterable[str], paths: Iterable[str], host: Host) -> ResourcePool:
    """Make a pool below ``parents``; raises OperationFailed."""
    if any((pool.name.lower(), pool.kind) == (name.lower(), kind) for pool in pools(host)):
        raise failed("pool_exists", host.language, kind=kind, name=name)
    pool = ResourcePool(name, kind, _parents(parents, kind, host))
    for path in paths:
        add_path(pool, path, host)
    host.pools.append(pool)
    return pool


def remove_pool(pool: ResourcePool, host: Host) -> None:
    """Raises OperationFailed for a pool that has child pools or switches, and for a primordial one."""
    require_changeable(pool, host)
    if pool.switches or any(pool.name in other.parents and other.kind == pool.kind for other in host.pools):
        raise failed("pool_in_use", host.language, kind=pool.kind, name=pool.name)
    host.pools.remove(pool)


def rename_pool(pool: ResourcePool, name: str, host: Host) -> None:
    """Give a pool another name, also where it is a parent; raises OperationFailed."""
    require_changeable(pool, host)
    if any(
        other is not pool and (other.name.lower(), other.kind) == (name.lower(), pool.kind) for other in pools(host)
    ):
        raise failed("pool_exists", host.language, kind=pool.kind, name=name)
    for other in host.pools:
        if other.kind == pool.kind:
            other.parents = tuple(name if parent == pool.name else parent for parent in other.parents)
    pool.name = name


def set_parents(pool: ResourcePool, names: Iterable[str], host: Host) -> None:
    """Put a pool below others; raises OperationFailed when one of them is below it."""
    require_changeable(pool, host)
    parents = _parents(names, pool.kind, host)
    if any(pool in _above(find_pool(parent, pool.kind, host), host) for parent in parents):
        raise failed("pool_in_itself", host.language, kind=pool.kind, name=pool.name)
    pool.parents = parents


def add_path(pool: ResourcePool, path: str, host: Host) -> None:
    """Let a storage pool have a folder that one of its parents has too; raises OperationFailed."""
    require_storage(pool, host)
    require_changeable(pool, host)
    above = [find_pool(parent, pool.kind, host) for parent in pool.parents]
    is_inside = any(parent.is_primordial or _is_below(path, parent.paths) for parent in above)
    if not is_inside or not _has_volume(path, host):
        raise failed("pool_path_outside", host.language, kind=pool.kind, name=pool.name, path=path)
    if key(path) in map(key, pool.paths):
        raise failed("pool_path_there", host.language, kind=pool.kind, name=pool.name, path=path)
    pool.paths.append(path)


def remove_path(pool: ResourcePool, path: str, host: Host) -> None:
    """Raises OperationFailed for a path that the pool does not have."""
    require_storage(pool, host)
    found = [each for each in pool.paths if key(each) == key(path)]
    if not found:
        raise path_unknown(pool, path, host)
    pool.paths.remove(found[0])


def path_unknown(pool: ResourcePool, path: str, host: Host) -> OperationFailed:
    """The failure for a path that the pool does not have."""
    return failed("pool_path_unknown", host.language, kind=pool.kind, name=pool.name, path=path)


def require_storage(pool: ResourcePool, host: Host) -> None:
    """Raises OperationFailed for a pool of anything but disks and images."""
    if pool.kind not in STORAGE:
        raise failed("pool_without_paths", host.language, kind=pool.kind)


def require_changeable(pool: ResourcePool, host: Host) -> None:
    """Raises OperationFailed for a primordial pool."""
    if pool.is_primordial:
        raise failed("pool_primordial", host.language, kind=pool.kind)


def meter(pool: ResourcePool, since: datetime.datetime | None, host: Host) -> None:
    """Begin to meter a pool, or (None) end it."""
    pool.metered_since = since
    if pool not in host.pools:
        host.pools.append(pool)


def not_metered(name: str, host: Host) -> OperationFailed:
    """The failure for a pool that is not metered."""
    return failed("pool_not_metered", host.language, name=name)


def _parents(names: Iterable[str], kind: str, host: Host) -> tuple[str, ...]:
    return tuple(find_pool(name, kind, host).name for name in names) or (PRIMORDIAL,)


def _above(pool: ResourcePool, host: Host) -> list[ResourcePool]:
    """A pool, and all above it."""
    found = [pool]
    for parent in pool.parents:
        found += _above(find_pool(parent, pool.kind, host), host)
    return found


def _is_below(path: str, folders: list[str]) -> bool:
    return any(key(path) == key(folder) or key(path).startswith(key(folder).rstrip("\\") + "\\") for folder in folders)


def _has_volume(path: str, host: Host) -> bool:
    try:
        host.files.volume_of(path)
    except (NoSuchVolume, ShareDenied):
        return False
    return True
