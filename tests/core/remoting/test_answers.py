"""What a host sends that is not what it should be: too much, for too long, too deep, or with definitions in it."""

from __future__ import annotations

import asyncio
import gzip
import socket
import struct
import subprocess
import sys
import threading
import time

import pytest

from core.hyperv.query import Reading, RowQuestion, UnexpectedAnswer
from core.powershell.command import command
from core.remoting import errors
from core.remoting.answers import (
    MOST_BYTES,
    MOST_OF_A_CALL,
    HoldsDefinitions,
    Limited,
    LimitedFragmenter,
    PlainSerializer,
    TooLarge,
    require_no_definitions,
)
from core.remoting.runspace import Runspace
from lab.wire.disturbances import Content, Disturbance, Flood
from tests.core.remoting.connecting import CHECK_PORT, LOOK_FIRST, READ, answering, failure_of, plain_endpoint, told
from tests.core.remoting.simulated_host import on_a_loop, pipeline, simulated_host

LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
BILLION_LAUGHS = f'<?xml version="1.0"?><!DOCTYPE S [<!ENTITY a0 "ha">{LAUGHS}]><S>&a9;</S>'
DEEP = "<LST>" * 5000 + "</LST>" * 5000
DEFINED = "The answer of 127.0.0.1 has a document type definition, and was not read."
NESTED = "The answer of 127.0.0.1 is nested too deeply to be read."
NOT_AN_ANSWER = "What 127.0.0.1 sent is not an answer of Windows Remote Management."

UNTRUSTED: dict[str, tuple[Disturbance, str]] = {
    "definitions in an envelope": (Content("Receive", times=1, text=BILLION_LAUGHS), DEFINED),
    "definitions in output": (Content("Receive", times=1, text=BILLION_LAUGHS, instead_of="psrp"), DEFINED),
    "deep output": (Content("Receive", times=1, text=f"<Obj RefId='0'>{DEEP}</Obj>", instead_of="psrp"), NESTED),
    "a deep envelope": (Content("Receive", times=1, text=DEEP), NOT_AN_ANSWER),
    "a compressed answer": (
        Content("Receive", times=1, text="", encoding="gzip"),
        "The answer of 127.0.0.1 is compressed, and was not read.",
    ),
}


@on_a_loop
async def test_what_a_host_should_not_send_is_refused_in_words() -> None:
    async with simulated_host() as host, host.session() as session:
        for name, (disturbance, cause) in UNTRUSTED.items():
            await host.disturb()
            await session.run(READ)
            await host.disturb(disturbance)
            with pytest.raises(errors.ProtocolFault) as caught:
                await session.run(READ)
            assert told(caught.value) == ("HV01", "HV01 gave an unexpected answer.", cause, CHECK_PORT), name
            await host.disturb()
            await session.run(READ)
            await host.disturb(disturbance)
            with pytest.raises(errors.OutcomeUnknown) as unknown:
                await session.run(READ, changes=True)
            assert (unknown.value.cause, unknown.value.cure) == (cause, LOOK_FIRST), name
        assert (await session.run(READ)).output == ("read",)


@on_a_loop
async def test_a_compressed_answer_is_not_unpacked() -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb)
    async with answering(head + bomb) as port:
        error = await failure_of(plain_endpoint(port))
    assert error.cause == "The answer of 127.0.0.1 is compressed, and was not read."


@on_a_loop
async def test_a_call_ends_when_the_host_says_more_than_there_is_to_say() -> None:
    async with simulated_host() as host, host.session() as session:
        runspace = Runspace(host.endpoint, host.credential, 60.0)
        await asyncio.to_thread(runspace.open)
        output = pipeline(*(command("Write-Output", InputObject="x" * 500_000) for _number in range(9)))

        def read(most: int | None) -> int:
            step = runspace.start(output, changes=False, seconds=5, most=most)
            count = len(step.items)
            while not step.finished:
                step = runspace.poll(5)
                count += len(step.items)
            return count

        with pytest.raises(errors.AnswerTooLarge) as caught:
            await asyncio.to_thread(read, 4 << 20)
        assert caught.value.cause == "The answer of 127.0.0.1 was not read any further after 4 MB."
        await asyncio.to_thread(runspace.open)
        assert await asyncio.to_thread(read, None) == 9
        await asyncio.to_thread(runspace.close)
        assert (await session.run(READ)).output == ("read",)


MEASURED = r"""
import asyncio, re, sys
from pathlib import Path
from core.remoting.errors import AnswerTooLarge
from core.remoting.session import Session
from core.remoting.endpoint import Credential, Endpoint
from core.remoting.workers import Workers
from core.remoting.runspace import Runspace
from tests.core.remoting.connecting import READ

def peak():
    return int(re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[1])

async def main():
    workers = Workers(1)
    workers.start()
    endpoint = Endpoint("HV01", "127.0.0.1", int(sys.argv[1]), "http", "negotiate", operation_timeout=30)
    session = Session(endpoint, Credential(sys.argv[2], sys.stdin.read()), workers)
    before = peak()
    try:
        await session.run(READ)
    except AnswerTooLarge:
        print((peak() - before) // 1024)
    await session.close()
    await workers.close()

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel tells it there")
@on_a_loop
async def test_a_flood_takes_little_memory() -> None:
    async with simulated_host() as host:
        await host.disturb(Flood("Create", size=600_000_000))
        user, password = host.credential.user_name, host.credential.password
        program = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", MEASURED, str(host.relay.host_port), user),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        told, _none = await program.communicate((password or "").encode())
    assert int(told) < 150, "megabytes"


def test_an_answer_ends_in_time_however_slowly_it_comes() -> None:
    ours, theirs = socket.socketpair()
    ours.settimeout(5)
    ended = threading.Event()

    def drip() -> None:
        while not ended.wait(0.01):
            theirs.send(b"x")

    thread = threading.Thread(target=drip)
    thread.start()
    limited = Limited(ours, MOST_BYTES, 0.2)
    began = time.monotonic()
    try:
        with pytest.raises(TimeoutError):
            limited.readall()
    finally:
        ended.set()
        thread.join()
        limited.close()
        ours.close()
        theirs.close()
    assert 0.2 <= time.monotonic() - began < 4


def test_many_small_fragments_are_put_together_at_once() -> None:
    text = "<S>" + "y" * 200_000 + "</S>"
    message = struct.pack("<II32x", 1, 0x00041004) + text.encode()
    pieces = [message[at : at + 1] for at in range(len(message))]
    flags = [(number == 0) | (number == len(pieces) - 1) << 1 for number in range(len(pieces))]
    data = b"".join(struct.pack(">QQBI", 7, number, flags[number], 1) + pieces[number] for number in range(len(pieces)))
    began = time.monotonic()
    [whole] = LimitedFragmenter(1000, PlainSerializer()).defragment(data)
    assert whole.data.data == "y" * 200_000
    assert time.monotonic() - began < 3
    endless = LimitedFragmenter(1000, PlainSerializer())
    part = bytes(MOST_OF_A_CALL // 2)
    endless.defragment(struct.pack(">QQBI", 8, 0, 0, len(part)) + part)
    with pytest.raises(TooLarge):
        endless.defragment(struct.pack(">QQBI", 8, 1, 0, len(part)) + part)
    with pytest.raises(ValueError, match="missing"):
        LimitedFragmenter(1000, PlainSerializer()).defragment(struct.pack(">QQBI", 9, 1, 2, 1) + b"x")


@pytest.mark.parametrize(
    "xml",
    [
        BILLION_LAUGHS,
        BILLION_LAUGHS.encode(),
        BILLION_LAUGHS.encode("utf-16"),
        f"<!--{'x' * 9000}-->{BILLION_LAUGHS[21:]}",
        '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        "<!DOCTYPE a><a/>",
    ],
)
def test_definitions_are_found_however_they_are_written(xml: str | bytes) -> None:
    with pytest.raises(HoldsDefinitions):
        require_no_definitions(xml)


@pytest.mark.parametrize(
    "xml", ["", "no xml", "<a>&lt;!DOCTYPE a&gt;</a>", "<a><![CDATA[<!DOCTYPE a>]]></a>", b"\xff\xfe"]
)
def test_what_has_no_definitions_is_left_to_its_reader(xml: str | bytes) -> None:
    require_no_definitions(xml)


@pytest.mark.parametrize("text", ["[" * 200_000, '[{"Name":' * 100_000, '[{"Name": "\ud800"}]', "[1e99999", "[{}" * 9])
def test_json_that_cannot_be_read_is_an_unexpected_answer(text: str) -> None:
    question = RowQuestion("machines", command("Get-VM"), ("Name",))
    with pytest.raises(UnexpectedAnswer, match="Its answer about machines cannot be read"):
        Reading({"machines": text}).rows(question)
