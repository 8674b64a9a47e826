"""Scenario files are read whole, or refused with a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.hyperv.clock import Clock
from lab.scenarios import scenario
from lab.scenarios.building import START, build


@pytest.mark.parametrize("name", scenario.available())
def test_every_scenario_builds(name: str) -> None:
    estate = build(scenario.read(name), Clock(START, speed=0), seed=1)
    assert estate.hosts
    for host in estate.hosts:
        assert all(volume.free >= 0 for volume in host.files.volumes)
        assert host.memory_free > 0


def test_an_unknown_scenario_names_those_that_exist() -> None:
    with pytest.raises(scenario.ScenarioError, match="two-sites"):
        scenario.read("three-sites")


@pytest.mark.parametrize(
    "text",
    [
        "title = ",
        'title = "x"\ndomain = "x"\nadministrator = "x\\\\y"\nhosts = [{ name = "A", memory = "lots" }]',
        'title = "x"\ndomain = "x"\nadministrator = "x\\\\y"\nhosts = []\nsurprise = 1',
    ],
)
def test_a_broken_scenario_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "broken.toml"
    file.write_text(text)
    with pytest.raises(scenario.ScenarioError, match="cannot be read"):
        scenario.read(str(file))


def test_sizes_are_in_units_of_1024() -> None:
    assert scenario.size_in_bytes("1.5 GB") == 3 << 29
    assert scenario.size_in_bytes("120 MB/s") == 120 << 20


def test_hardware_of_a_host(tmp_path: Path) -> None:
    file = tmp_path / "hardware.toml"
    file.write_text(
        'title = "x"\ndomain = "x.example"\nadministrator = "X\\\\y"\n[[hosts]]\nname = "A"\nmemory = "8 GB"\n'
        'cluster = "CLU"\nvideo_adapters = ["Card"]\npartitionable_gpus = [{ name = "GPU", counts = [1, 2] }]\n'
        'assignable_devices = [{ name = "NVMe", instance_path = "PCI\\\\1", location_path = "PCIROOT(0)" }]\n'
        'fibre_channel_ports = [{ node = "200000000000000a", port = "210000000000000b" }]\n'
    )
    (host,) = build(scenario.read(str(file)), Clock(START, speed=0), seed=1).hosts
    hardware = host.hardware
    assert host.cluster == "CLU"
    assert [device.name for device in hardware.devices] == ["NVMe"]
    assert [(gpu.counts, gpu.partitions, gpu.memory) for gpu in hardware.gpus] == [((1, 2), 2, 8 << 30)]
    assert [adapter.name for adapter in hardware.video_adapters] == ["Card"]
    assert [port.node for port in hardware.ports] == ["200000000000000A"]
