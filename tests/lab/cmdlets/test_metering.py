"""Measure-VM answers for machines that are metered, since metering was enabled or reset."""

from __future__ import annotations

import datetime

from tests.lab.cmdlets.administration import Administrator, error_id


def duration(admin: Administrator) -> datetime.timedelta:
    (report,) = admin.get("Measure-VM WEB01")
    value = report.get("MeteringDuration")
    assert isinstance(value, datetime.timedelta)
    return value


def test_metering() -> None:
    admin = Administrator()
    assert admin.run("Measure-VM WEB01").error_ids == [error_id("InvalidOperation", "MeasureVM")]
    assert admin.run("Enable-VMResourceMetering -VMName WEB01").outputs == []
    admin.estate.clock.advance(3600)
    (report,) = admin.get("Measure-VM WEB01")
    assert duration(admin) >= datetime.timedelta(hours=1)
    assert [report.get(name) for name in ("AverageMemoryUsage", "TotalDiskAllocation")] == [4096, 60 * 1024]
    assert admin.values("Get-VM WEB01", "ResourceMeteringEnabled") == [True]
    admin.run("Reset-VMResourceMetering -VMName WEB01")
    assert duration(admin) < datetime.timedelta(hours=1)
    admin.run("Get-VM WEB01 | Disable-VMResourceMetering")
    assert admin.run("Measure-VM WEB01").error_ids == [error_id("InvalidOperation", "MeasureVM")]


def test_refused() -> None:
    admin = Administrator()
    recording = admin.run("Reset-VMResourceMetering -VMName WEB01")
    assert recording.error_ids == [error_id("InvalidOperation", "ResetVMResourceMetering")]
    recording = admin.run("Enable-VMResourceMetering -ResourcePoolName Gold -ResourcePoolType Memory")
    assert recording.error_ids == [error_id("InvalidParameter", "EnableVMResourceMetering")]
