"""Only what is known to read is taken for a call that reads."""

from __future__ import annotations

import pytest

from core.estate.inventory import INVENTORY_QUERY
from core.powershell.command import Pipeline, Statement, command
from core.powershell.reading import only_reads


def test_a_refresh_only_reads() -> None:
    assert only_reads(INVENTORY_QUERY)


@pytest.mark.parametrize("name", ["Move-VM", "Set-VMHost", "Invoke-CimMethod", "Remove-Item", "getmac", "Getx-VM", ""])
def test_anything_else_may_change_something(name: str) -> None:
    reading = command("Get-VM", Name="WEB01")
    assert not only_reads(Pipeline((Statement((reading,)), reading | command(name))))
