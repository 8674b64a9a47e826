"""One bar over all phases, however the host counts; rates and times that are honest."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.hyperv.memory_passes import MemoryPasses
from core.hyperv.states import OperationalStatus
from core.jobs.progress import Progress

GB = 1 << 30
COPYING = (OperationalStatus.IN_SERVICE, OperationalStatus.STORAGE_MIGRATION_PHASE_ONE)
MOVING = (OperationalStatus.IN_SERVICE, OperationalStatus.MIGRATING)


def test_a_number_that_begins_anew_with_the_memory_makes_one_bar() -> None:
    progress = Progress(30 * GB, 10 * GB)
    bar: list[int] = []
    for second, percent in enumerate((0, 40, 80, 100, 0, 50, 100)):
        progress.see_percent(percent, second)
        bar.append(progress.percent)
    assert bar == [0, 30, 60, 75, 75, 87, 99]


def test_a_number_that_counts_the_whole_is_taken_as_it_is_once_that_is_known() -> None:
    progress = Progress(30 * GB, 10 * GB)
    progress.see_status(COPYING)
    for second, percent in enumerate((0, 40, 75)):
        progress.see_percent(percent, second)
    progress.see_status(MOVING)
    progress.see_percent(80, 3)
    assert progress.percent == 80
    progress.see_percent(100, 4)
    assert progress.percent == 99


def test_a_status_that_is_seen_before_the_number_falls_does_not_finish_the_bar() -> None:
    progress = Progress(20 * GB, 20 * GB)
    progress.see_percent(100, 0)
    progress.see_status(MOVING)
    progress.see_percent(100, 1)
    assert progress.percent == 50
    progress.see_percent(50, 2)
    assert progress.percent == 75


def test_only_memory_and_only_storage() -> None:
    memory = Progress(0, 8 * GB)
    memory.see_percent(50, 0)
    assert memory.percent == 50
    storage = Progress(8 * GB, 0)
    storage.see_status(MOVING)
    storage.see_percent(50, 0)
    assert storage.percent == 50


@given(
    st.integers(0, 1 << 42),
    st.integers(0, 1 << 38),
    st.lists(st.tuples(st.integers(-5, 120), st.sampled_from([COPYING, MOVING, ()])), max_size=40),
)
def test_the_bar_never_goes_back_and_is_never_full(
    storage: int, memory: int, seen: list[tuple[int, tuple[OperationalStatus, ...]]]
) -> None:
    progress = Progress(storage, memory)
    bar = [0]
    for second, (percent, statuses) in enumerate(seen):
        progress.see_status(statuses)
        progress.see_percent(percent, float(second))
        bar.append(progress.percent)
        transfer = progress.transfer()
        assert 0 <= transfer.done <= transfer.total
        assert transfer.seconds_left is None or (transfer.seconds_left >= 0 and not transfer.remark)
        assert transfer.seconds_left is not None or transfer.remark
    assert bar == sorted(bar)
    assert bar[-1] <= 99


def test_the_rate_is_that_of_the_last_minute() -> None:
    progress = Progress(100 * GB, 0)
    progress.see_percent(0, 0)
    progress.see_percent(10, 10)
    assert progress.transfer().rate == GB
    for second in range(20, 200, 10):
        progress.see_percent(10 + second // 20, second)
    rate = progress.transfer().rate
    assert rate is not None
    assert 0 < rate < 0.1 * GB


def test_a_time_is_told_only_where_it_can_be() -> None:
    progress = Progress(100 * GB, 0)
    progress.see_percent(0, 0)
    assert progress.transfer().remark == "The time left is not known yet."
    progress.see_percent(50, 50)
    assert progress.transfer().seconds_left == 50
    for second in (100, 150, 200):
        progress.see_percent(50, second)
    assert progress.transfer().seconds_left is None
    assert progress.transfer().remark == "Nothing has been copied in the last minute."


def test_memory_that_is_sent_again_has_no_time() -> None:
    progress = Progress(0, 10 * GB)
    progress.see_percent(0, 0)
    progress.see_percent(40, 20)
    progress.see_passes(MemoryPasses(1, 0))
    assert progress.transfer().seconds_left == 30
    progress.see_passes(MemoryPasses(3, 2 * GB))
    transfer = progress.transfer()
    assert transfer.seconds_left is None
    assert transfer.remark.startswith("Memory pass 3, 2 GB are to be sent again")
