"""Qt and asyncio as one loop: order, time, threads, and a window that stays alive."""

from __future__ import annotations

import asyncio
import contextvars
import threading
import time

import pytest
from PySide6.QtCore import QCoreApplication, QTimer

from gui.event_loop import SLICE


async def test_callbacks_run_in_order() -> None:
    loop, seen = asyncio.get_running_loop(), list[int]()
    done = loop.create_future()
    for number in range(1000):
        loop.call_soon(seen.append, number)
    loop.call_soon(done.set_result, None)
    await done
    assert seen == list(range(1000))


@pytest.mark.parametrize("delay", [0.0, 0.02, 0.3])
async def test_a_delay_is_never_cut_short(delay: float) -> None:
    loop = asyncio.get_running_loop()
    called = loop.create_future()
    begin = time.monotonic()
    loop.call_later(delay, lambda: called.set_result(time.monotonic()))
    assert await called - begin >= delay


async def test_delays_end_in_their_order_and_cancelled_ones_never() -> None:
    loop, seen = asyncio.get_running_loop(), list[str]()
    done = loop.create_future()
    loop.call_later(0.06, done.set_result, None)
    loop.call_later(0.04, seen.append, "later")
    loop.call_later(0.03, seen.append, "never").cancel()
    loop.call_later(0.02, seen.append, "sooner")
    loop.call_soon(seen.append, "not at all").cancel()
    await done
    assert seen == ["sooner", "later"]


async def test_other_threads_wake_the_loop() -> None:
    loop, seen = asyncio.get_running_loop(), list[int]()
    done = loop.create_future()
    total = 20_000

    def count() -> None:
        seen.append(threading.get_ident())
        if len(seen) == total:
            done.set_result(None)

    def post() -> None:
        for _call in range(total // 10):
            loop.call_soon_threadsafe(count)

    threads = [threading.Thread(target=post) for _thread in range(10)]
    for thread in threads:
        thread.start()
    await done
    for thread in threads:
        thread.join()
    assert set(seen) == {threading.get_ident()}


async def test_context_variables_travel_with_a_call_from_another_thread() -> None:
    loop = asyncio.get_running_loop()
    variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable")
    context = contextvars.copy_context()
    context.run(variable.set, "carried")
    read = loop.create_future()
    thread = threading.Thread(
        target=lambda: loop.call_soon_threadsafe(lambda: read.set_result(variable.get()), context=context)
    )
    thread.start()
    assert await read == "carried"
    thread.join()


async def test_qt_gets_its_turn_during_endless_callbacks() -> None:
    loop = asyncio.get_running_loop()
    qt_was_here = loop.create_future()
    timer = QTimer(interval=0, singleShot=True)
    timer.timeout.connect(lambda: qt_was_here.set_result(None))
    timer.start()
    turns = 0

    def again() -> None:
        nonlocal turns
        turns += 1
        if not qt_was_here.done():
            loop.call_soon(again)

    loop.call_soon(again)
    begin = time.monotonic()
    await qt_was_here
    assert turns > 0
    assert time.monotonic() - begin < 100 * SLICE


async def test_an_exception_in_a_callback_stops_no_other() -> None:
    loop = asyncio.get_running_loop()
    caught: list[BaseException] = []
    before = loop.get_exception_handler()
    loop.set_exception_handler(lambda _loop, context: caught.append(context["exception"]))
    done = loop.create_future()
    loop.call_soon(lambda: [][0])
    loop.call_soon(done.set_result, None)
    await done
    loop.set_exception_handler(before)
    assert [type(error) for error in caught] == [IndexError]


async def test_events_handled_inside_a_callback_step_no_other_task() -> None:
    began, seen = asyncio.Event(), list[str]()

    async def other() -> None:
        began.set()
        await asyncio.sleep(0)
        seen.append("other went on")

    task = asyncio.create_task(other())
    await began.wait()
    QCoreApplication.processEvents()
    QCoreApplication.sendPostedEvents()
    assert seen == []
    await task
    assert seen == ["other went on"]


async def test_a_wake_up_from_a_thread_inside_a_callback_is_not_lost() -> None:
    loop = asyncio.get_running_loop()
    for _round in range(50):
        woken = loop.create_future()
        thread = threading.Thread(target=loop.call_soon_threadsafe, args=(woken.set_result, None))
        thread.start()
        thread.join()
        QCoreApplication.sendPostedEvents()
        await woken
