"""Hosts whose clocks are hours off: what is told of them is as old as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.failover.recovery_points import read_points
from core.replicas.rules import verdicts
from core.replicas.survey import Survey
from lab.scenarios import scenario
from tests.core.estates import key, managed, read_all
from tests.core.remoting.simulated_host import on_a_loop
from tests.laboratory import running_lab

AHEAD = {"HV-01": -45.0, "HV-02": 0.0, "HV-DR": 180.0}
"""Minutes by which the clocks are ahead of the true time."""


def skewed(folder: Path) -> str:
    """The scenario of two sites with clocks that differ; the path of its file."""
    text = (Path(scenario.__file__).parent / "two-sites.toml").read_text(encoding="utf-8")
    for name, minutes in AHEAD.items():
        hosts = f'[[hosts]]\nname = "{name}"\n'
        assert hosts in text
        text = text.replace(hosts, f"{hosts}clock_ahead_minutes = {minutes}\n")
    file = folder / "skewed.toml"
    file.write_text(text, encoding="utf-8")
    return str(file)


@on_a_loop
async def test_ages_are_by_the_clock_of_the_host_that_tells_them(tmp_path: Path) -> None:
    ages: list[dict[tuple[str, bool], float | None]] = []
    points: list[list[float]] = []
    for folder, named in ((tmp_path / "right", "two-sites"), (tmp_path / "wrong", skewed(tmp_path))):
        folder.mkdir()
        with running_lab(folder, scenario=named) as lab:
            async with managed(lab.connections()) as estate:
                survey = Survey(estate)
                await read_all(estate)
                clocks = {name: estate.picture(key(name)).inventory for name in AHEAD}
                lab.advance(600)
                seen = await survey.read()
                ages.append({(each.machine_name, each.is_extension): each.age for each in seen.relationships})
                assert not [verdict for each in seen.relationships for side in each.known for verdict in verdicts(side)]
                crm = next(each for each in seen.relationships if each.machine_name == "CRM01")
                assert crm.receiver is not None
                listed = await read_points(lambda asked: estate.ask(key("HV-DR"), asked), crm.receiver)
                taken = [point.taken for point in listed if point.taken is not None]
                points.append([(crm.receiver.read_at - each).total_seconds() for each in taken])
    assert ages[0] == {name: pytest.approx(age, abs=5) for name, age in ages[1].items()}
    assert len(ages[0]) == 5
    assert points[0] == pytest.approx(points[1], abs=5)
    assert len(points[0]) > 2
    told = {
        name: read.clock_ahead for name, read in clocks.items() if read is not None and read.clock_ahead is not None
    }
    assert told["HV-DR"] - told["HV-02"] == pytest.approx(180 * 60, abs=60)
    assert told["HV-01"] - told["HV-02"] == pytest.approx(-45 * 60, abs=60)
