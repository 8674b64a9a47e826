"""Moves of machines and of their storage, by every way, and what cures what keeps them."""

from __future__ import annotations

from functools import partial

from core.clusters.steps import NodeWay
from core.hyperv.states import Authentication
from core.jobs.plan import Plan, undoable
from core.moving import fixes
from core.moving.move import NetworkWay
from core.wizards.move import MoveWizard
from core.wizards.move_choices import ItemOption, MoveOption, MoveType, StorageOption
from core.wizards.wizard import obstacles
from tests.core.estates import key
from tests.core.jobs.working import noted_around_a_storage_move
from tests.kill.kind import Kind
from tests.kill.world import World

MOVING, CURE, NODES = "core.moving.planning.plan_of", "core.moving.fixes", "core.clusters.moving.node_plan"
PAIR, HOME = ("HV-01", "HV-02"), ("HV-01",)


async def wizard(world: World, name: str, host: str = "HV-01") -> MoveWizard:
    return MoveWizard(world.estate, key(host), await world.machine(name, host), is_introduced=False)


async def examined(moving: MoveWizard, page: str) -> tuple[str, ...]:
    step = next(step for step in moving.steps() if step.page == page)
    return tuple(problem.what for problem in obstacles(await moving.examine(step)))


async def plan_of(moving: MoveWizard, *pages: str) -> Plan:
    """The plan of a wizard that was gone through."""
    for page in (*pages, moving.SUMMARY):
        assert await examined(moving, page) == ()
    return await moving.plan()


async def notes_and_storage(world: World) -> Plan:
    return await noted_around_a_storage_move(world.estate, r"D:\Killed")


async def whole_machine(world: World, name: str = "WEB01") -> Plan:
    moving = await wizard(world, name)
    moving.choices.destination, moving.choices.option = "HV-02", MoveOption.SINGLE_LOCATION
    moving.set_folder(None, rf"D:\Moved\{name}")
    return await plan_of(moving, moving.DESTINATION)


async def each_item(world: World) -> Plan:
    moving = await wizard(world, "WEB01")
    moving.choices.destination, moving.choices.option = "HV-02", MoveOption.EACH_ITEM
    moving.choices.item_option = ItemOption.ITEMS
    for number, item in enumerate(moving.items):
        moving.set_folder(item, rf"D:\Apart\{number}")
    return await plan_of(moving, moving.DESTINATION)


async def reconnected(world: World) -> Plan:
    """Hosts that do not report a missing switch: the adapter is taken off before, and connected after the move."""
    moving = await wizard(world, "SWITCH01", "TR-01")
    moving.choices.destination, moving.choices.option = "TR-02", MoveOption.SINGLE_LOCATION
    moving.set_folder(None, r"D:\Moved\SWITCH01")
    assert await examined(moving, moving.DESTINATION) == ()
    for place, _adapter in moving.unconnected():
        moving.set_switch(place, "Production")
    # The summary is not examined: a host that heeds its report would know the chosen switch from there.
    moving.network_way = NetworkWay.RECONNECT
    return await moving.plan()


async def storage(world: World) -> Plan:
    moving = await wizard(world, "TEST01")
    moving.choices.move_type = MoveType.STORAGE
    moving.set_folder(None, r"D:\Moved\TEST01")
    return await plan_of(moving)


async def disks_only(world: World) -> Plan:
    moving = await wizard(world, "WEB01")
    moving.choices.move_type, moving.choices.storage_option = MoveType.STORAGE, StorageOption.DISKS
    for item in moving.items:
        moving.set_folder(item, r"D:\Disks")
    return await plan_of(moving)


async def moved_back(world: World) -> Plan:
    """What Undo does with a move."""
    done = await world.did(await whole_machine(world))
    assert done.plan is not None
    back = tuple(undo for action in undoable(done.plan.actions) for undo in action.undos)
    return Plan("Undo", done.plan.host, back)


async def cleaned_up(world: World) -> Plan:
    """What Clean Up does after a move."""
    done = await world.did(await whole_machine(world))
    assert done.clean_up is not None
    return done.clean_up


async def by_replica(world: World) -> Plan:
    moving = await wizard(world, "WEB01")
    moving.choices.destination = "HV-DR"
    assert await examined(moving, moving.DESTINATION) == ()
    for place, _adapter in moving.unconnected():
        moving.set_switch(place, "Replica site")
    return await plan_of(moving, moving.WAY)


async def to_node(world: World, way: NodeWay) -> Plan:
    moving = await wizard(world, "ERP01", "HV-C1")
    moving.choices.node_way = way
    return await plan_of(moving, moving.NODE)


async def into_cluster(world: World) -> Plan:
    moving = await wizard(world, "SHOP02", "HV-03")
    moving.choices.move_type, moving.choices.destination = MoveType.INTO_CLUSTER, "HV-C2"
    moving.set_folder(None, "C:\\ClusterStorage\\Volume1\\SHOP02")
    return await plan_of(moving)


async def out_of_cluster(world: World) -> Plan:
    moving = await wizard(world, "FILE02", "HV-C2")
    moving.choices.move_type, moving.choices.destination = MoveType.MACHINE, "HV-03"
    moving.set_folder(None, "D:\\VMs\\FILE02")
    step = next(step for step in moving.steps() if step.page == moving.SUMMARY)
    fix = next(problem.fix for problem in await moving.examine(step) if problem.fix is not None)
    assert isinstance(fix, Plan)
    return fix


async def migrations_enabled(_world: World) -> Plan:
    return fixes.enable_migrations(key("HV-DR"))


async def kerberos(world: World) -> Plan:
    inventory = world.estate.picture(key("TR-CRED")).inventory
    assert inventory is not None
    assert inventory.host.virtual_machine_migration_authentication_type is Authentication.CREDSSP
    return fixes.use_kerberos(key("TR-CRED"))


async def higher_limit(_world: World) -> Plan:
    return fixes.raise_limit(key("HV-01"), fixes.Limit.STORAGE, 2, 7)


async def fix_before(world: World, name: str, target: str, title: str) -> Plan:
    """What cures a problem that the checks before a move find."""
    moving = await wizard(world, name, "TR-01")
    moving.choices.destination, moving.choices.option = target, MoveOption.SINGLE_LOCATION
    step = next(step for step in moving.steps() if step.page == moving.SUMMARY)
    found = [problem.fix for problem in await moving.examine(step) if problem.fix is not None]
    return next(fix for fix in found if isinstance(fix, Plan) and title in fix.title)


CLUSTERED = {"scenario": "cluster", "authentication": "credssp"}
KINDS = (
    Kind(
        "notes and storage",
        notes_and_storage,
        3,
        (),
        hosts=HOME,
        ordinary=frozenset({"", "planned", "sending", "done"}),
    ),
    Kind("move of a machine", whole_machine, 1, (MOVING,), hosts=PAIR),
    Kind("move of each item", each_item, 1, (MOVING,), hosts=PAIR),
    Kind("move with adapters reconnected", reconnected, 3, (MOVING,), scenario="troubled", hosts=("TR-01", "TR-02")),
    Kind("move of storage", storage, 1, (MOVING,), hosts=HOME),
    Kind("move of disks", disks_only, 1, (MOVING,), hosts=HOME),
    Kind("undo of a move", moved_back, 1, ("core.jobs.job.Job.undo_plan",), hosts=PAIR),
    Kind("clean-up after a move", cleaned_up, 2, ("core.jobs.leftovers.clean_up_plan",), hosts=PAIR),
    Kind("move by replica", by_replica, 11, ("core.moving.by_replica.replica_move_plan",), speed=3000.0),
    Kind(
        "live move to a node", partial(to_node, way=NodeWay.LIVE), 1, ("core.clusters.moving.node_plan",), **CLUSTERED
    ),
    Kind(
        "quick move to a node", partial(to_node, way=NodeWay.QUICK), 1, ("core.clusters.moving.node_plan",), **CLUSTERED
    ),
    Kind("move into a cluster", into_cluster, 2, (MOVING,), **CLUSTERED),
    Kind("role removed", out_of_cluster, 1, ("core.moving.checks.cluster._leaving",), **CLUSTERED),
    Kind("migrations enabled", migrations_enabled, 1, (f"{CURE}._plan",), hosts=("HV-DR",)),
    Kind("Kerberos chosen", kerberos, 1, (f"{CURE}._plan",), scenario="troubled", hosts=("TR-CRED",)),
    Kind("limit raised", higher_limit, 1, (f"{CURE}._plan",), hosts=HOME),
    Kind(
        "disc ejected",
        partial(fix_before, name="ISO01", target="TR-02", title="Eject"),
        1,
        (f"{CURE}._plan",),
        scenario="troubled",
        hosts=("TR-01", "TR-02"),
    ),
    Kind(
        "other processors allowed",
        partial(fix_before, name="DIRTY01", target="TR-DE", title="processors"),
        3,
        (f"{CURE}.allow_other_processors",),
        scenario="troubled",
        hosts=("TR-01", "TR-DE"),
    ),
)
