"""What each cluster plan sends, as the script that the user sees; the node carries it out, so that every call binds."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core.clusters.steps import NodeWay, make_role, remove_role, to_node
from core.hyperv.records import Machine
from core.jobs.plan import Action
from core.powershell.script import script
from tests.core.failover.acting import host
from tests.core.moving.hosts import inventory, machine_called
from tests.lab.cmdlets.administration import Administrator


@pytest.fixture
def admin() -> Administrator:
    return Administrator("HV-C1", "cluster")


def machine(admin: Administrator, name: str) -> Machine:
    return machine_called(inventory(admin, "HV-C1"), name)


@pytest.mark.parametrize("way", NodeWay)
def test_to_another_node_and_back(admin: Administrator, golden: Callable[[str, str], None], way: NodeWay) -> None:
    erp = machine(admin, "ERP01")
    action = to_node(erp, host("HV-C1"), host("HV-C2"), way)
    assert action.undo is not None
    assert action.cancelling is not None
    text = f"{printed(action)}\n\n# Cancel\n{script(action.cancelling)}\n\n# Undo\n{printed(action.undo)}"
    golden(f"to-node-{way.name.lower()}.ps1", text.replace(str(erp.machine_id), "ID"))
    for each, owner in ((action, "HV-C2"), (action.undo, "HV-C1")):
        carry_out(admin, each)
        assert admin.values("Get-ClusterGroup ERP01", "OwnerNode") == [owner]


def test_out_of_the_cluster_and_into_it(admin: Administrator, golden: Callable[[str, str], None]) -> None:
    erp = machine(admin, "ERP01")
    leaving, joining = (make(erp.machine_id, erp.name, host("HV-C1")) for make in (remove_role, make_role))
    golden("roles.ps1", f"{printed(leaving)}\n\n{printed(joining)}".replace(str(erp.machine_id), "ID"))
    assert leaving.undo is not None
    assert (printed(leaving.undo), leaving.undo.goal) == (printed(joining), joining.goal)
    for each, is_clustered in ((leaving, False), (joining, True)):
        carry_out(admin, each)
        assert admin.machine("ERP01").is_clustered is is_clustered


def printed(action: Action) -> str:
    return f"# {action.host.name}: {action.title}\n{script(action.pipeline)}"


def carry_out(admin: Administrator, action: Action) -> None:
    admin.home = admin.host(action.host.name)
    assert admin.run(script(action.pipeline), authentication="credssp").errors == []
