"""One refresh of one host: how many requests it takes, and how many bytes compared with what the window shows."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from dataclasses import fields
from typing import Any

import msgspec

from core.estate.inventory import GLANCE_QUERY, INVENTORY_QUERY
from tests.bench.estate import BenchLab, bench_lab, estate_of
from tests.bench.row import Row


def measure(*, quick: bool) -> list[Row]:
    """Counts and bytes do not depend on how quick the machine is."""
    del quick
    with bench_lab("scale:1x100") as lab:
        return asyncio.run(_measure(lab))


async def _measure(lab: BenchLab) -> list[Row]:
    async with estate_of(lab.connections) as estate:
        (picture,) = estate.pictures
        await estate.refresh(picture.key)
        first = _requests(lab)
        await estate.refresh(picture.key)
        second = _requests(lab)
        inventory = estate.picture(picture.key).inventory
        assert inventory is not None
        shown = len(
            msgspec.json.encode({part.name: getattr(inventory, part.name) for part in fields(inventory) if part.init})
        )
        whole = _length(await estate.ask(picture.key, INVENTORY_QUERY))
        glance = _length(await estate.ask(picture.key, GLANCE_QUERY))
    new = {action: second[action] - first.get(action, 0) for action in second}
    return [
        Row("refresh of 100 machines: pipelines", new["Command"], "", most=1),
        Row("refresh of 100 machines: Receives", new["Receive"], "", most=3),
        Row("second refresh: new shells", new["Create"], "", most=0),
        Row("refresh of 100 machines: answer against the JSON of what is shown", whole / shown, "x", most=1.3),
        Row("glance at 100 machines: answer against that of a refresh", glance / whole, "x", most=0.7),
    ]


def _length(answer: Any) -> int:
    return sum(len(str(each).encode()) for each in answer.output)


def _requests(lab: BenchLab) -> dict[str, int]:
    control = lab.ready["control"]
    request = urllib.request.Request(
        f"{control['url']}/hosts/HV-0001", headers={"Authorization": f"Bearer {control['token']}"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        counted: dict[str, int] = json.load(answer)["requests"]
    return counted
