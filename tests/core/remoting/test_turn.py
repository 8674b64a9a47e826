"""One thread works on messages at a time, and none holds the others up while it waits."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from core.remoting.turn import Turn


def test_only_one_thread_has_the_turn() -> None:
    turn, busy, most = Turn(), 0, 0
    every = threading.Barrier(8)

    def work() -> None:
        nonlocal busy, most
        every.wait()
        for _round in range(200):
            with turn.taken():
                busy += 1
                most = max(most, busy)
                with turn.taken():
                    pass
                busy -= 1

    with ThreadPoolExecutor(8) as threads:
        for done in [threads.submit(work) for _thread in range(8)]:
            done.result()
    assert most == 1


def test_who_waits_for_a_host_lets_others_have_it() -> None:
    turn, answered = Turn(), threading.Event()
    with ThreadPoolExecutor(1) as threads, turn.taken(), turn.taken():

        def work() -> None:
            with turn.taken():
                answered.set()

        other = threads.submit(work)
        assert not answered.is_set()
        with turn.ceded():
            other.result()
        assert answered.is_set()


def test_who_does_not_have_it_cedes_nothing() -> None:
    turn = Turn()
    with turn.ceded(), turn.taken():
        pass
