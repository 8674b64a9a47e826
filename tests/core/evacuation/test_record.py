"""What is kept of an evacuation: each host that a machine was taken off is a home of it, as it was there last."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from core.evacuation.record import Evacuated, EvacuationStore
from core.hyperv.states import MachineState
from core.kept_file import NotKept
from core.remoting.workers import Workers
from tests.core.estates import key
from tests.core.remoting.simulated_host import on_a_loop

WEB = Evacuated(UUID(int=1), "WEB01", key("A"), MachineState.RUNNING, (("disk SCSI 0:0", r"D:\Old"),), ("LAN",))


@on_a_loop
async def test_a_machine_is_known_for_each_home_and_as_it_left_it_last(tmp_path: Path) -> None:
    workers = Workers(1)
    workers.start()
    try:
        store = EvacuationStore(tmp_path, workers)
        assert await store.of(key("A")) == ()
        again, elsewhere = replace(WEB, folders=(("disk SCSI 0:0", r"D:\New"),)), replace(WEB, home=key("B"))
        await store.begin([WEB])
        await store.begin([again])
        await store.begin([elsewhere])
        assert (await store.of(key("A")), await store.of(key("B"))) == ((again,), (elsewhere,))
        await store.end([elsewhere])
        another = EvacuationStore(tmp_path, workers)
        assert (await another.of(key("A")), await another.of(key("B"))) == ((again,), ())
        # What a newer version has written is neither lost nor taken for nothing.
        written = (tmp_path / "evacuated.json").read_text(encoding="utf-8")
        newer = written.replace('"schema": 1', '"schema": 9')
        (tmp_path / "evacuated.json").write_text(newer, encoding="utf-8")
        for attempt in (store.of(key("A")), store.begin([WEB]), store.end([WEB])):
            with pytest.raises(NotKept, match="newer version"):
                await attempt
        assert (tmp_path / "evacuated.json").read_text(encoding="utf-8") == newer
    finally:
        await workers.close()
