"""Where machines go when a host is emptied: never over what a host has, never where it is refused, always alike."""

from __future__ import annotations

import random
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from core.estate.connection import HostKey
from core.evacuation.placement import Guest, Room, place

SWITCHES = st.frozensets(st.sampled_from(["LAN", "DMZ", "Backup"]))
DRIVES = ("D:", "E:")
NEEDS = st.dictionaries(st.sampled_from(DRIVES), st.integers(0, 64), max_size=2)


@st.composite
def estates(draw: st.DrawFn) -> tuple[list[Guest], list[Room]]:
    count = draw(st.integers(0, 8))
    guests = [
        Guest(
            UUID(int=number + 1),
            draw(st.sampled_from(["A", "B", "C"])),
            draw(st.integers(0, 64)),
            draw(SWITCHES),
            draw(st.sampled_from(["", "", "", "It is clustered."])),
        )
        for number in range(count)
    ]
    # One that no guest has is refused nothing.
    ids = st.sampled_from([UUID(int=number) for number in range(count + 1)])
    rooms = [
        Room(
            HostKey("Lab", f"H{number}"),
            draw(st.none() | st.integers(0, 128)),
            draw(st.dictionaries(st.sampled_from(DRIVES), st.integers(0, 128))),
            {UUID(int=number + 1): draw(NEEDS) for number in range(count)},
            draw(SWITCHES),
            draw(st.sampled_from(["", "", "It is read-only."])),
            draw(st.dictionaries(ids, st.just("Another maker."), max_size=3)),
            draw(st.dictionaries(ids, st.just("Another model."), max_size=3)),
        )
        for number in range(draw(st.integers(0, 4)))
    ]
    return guests, rooms


@settings(max_examples=60, deadline=None)
@given(estates(), st.randoms(use_true_random=False))
def test_no_place_breaks_a_rule_and_each_has_a_reason(
    drawn: tuple[list[Guest], list[Room]], mixer: random.Random
) -> None:
    guests, rooms = drawn
    found = place(guests, rooms)
    assert [each.machine_id for each in found] == [guest.machine_id for guest in guests]
    by_id = {each.machine_id: each for each in found}
    for room in rooms:
        taken = [guest for guest in guests if by_id[guest.machine_id].host == room.host]
        if not taken:
            continue
        assert not room.refusal
        assert room.memory is not None
        assert sum(guest.memory for guest in taken) <= room.memory
        for drive in DRIVES:
            needed = sum(room.needs[guest.machine_id].get(drive, 0) for guest in taken)
            assert needed <= room.drives.get(drive, 0)
        assert not any(guest.machine_id in room.refusals or guest.stays_because for guest in taken)
    assert all(each.why for each in found)
    shuffled_guests, shuffled_rooms = guests[:], rooms[:]
    mixer.shuffle(shuffled_guests)
    mixer.shuffle(shuffled_rooms)
    assert {each.machine_id: each for each in place(shuffled_guests, shuffled_rooms)} == by_id


def test_who_stays_is_told_why_by_each_host() -> None:
    guest = Guest(UUID(int=1), "SQL01", 32 << 30, frozenset({"LAN"}))
    needs = {guest.machine_id: {"D:": 40 << 30, "E:": 20 << 30}}
    enough = {"D:": 1 << 40, "E:": 1 << 40}
    rooms = [
        Room(HostKey("Lab", "SMALL"), 8 << 30, enough, needs),
        Room(HostKey("Lab", "SILENT"), 64 << 30, enough, needs, refusal="SILENT does not answer."),
        Room(HostKey("Lab", "FULL"), 64 << 30, enough | {"E:": 10 << 30}, needs),
        Room(HostKey("Lab", "ODD"), 64 << 30, {"D:": 1 << 40}, needs),
        Room(HostKey("Lab", "VAGUE"), None, enough, needs),
    ]
    (kept,) = place([guest], rooms)
    assert kept.host is None
    assert kept.why == (
        "FULL: 20 GB of room are needed on E:, 10 GB are left there."
        " ODD: How much room is free on E: there is not known. SILENT does not answer."
        " SMALL: 32 GB of memory are needed, 8 GB are left there."
        " VAGUE: How much memory is free there is not known."
    )
    fitting = Room(HostKey("Lab", "BIG"), 64 << 30, enough, needs)
    (placed,) = place([guest], [*rooms, fitting])
    assert placed.host == fitting.host
    assert placed.why == "32 GB of memory are left there. The switch is missing there: LAN."
    assert place([guest], [])[0].why == "There is no other host."
