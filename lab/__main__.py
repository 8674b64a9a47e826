"""``python -m lab``: simulated Hyper-V hosts, until standard input closes or SIGTERM comes."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import select
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from lab.laboratory import Laboratory
from lab.powershell.transcript import FileTranscript
from lab.scenarios import scenario

if sys.platform != "win32":
    import resource


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a lab; the exit code is 2 when it cannot be started as asked."""
    options = _parser().parse_args(arguments)
    _allow_open_files()
    try:
        described = scenario.read(options.scenario)
        with contextlib.ExitStack() as open_files:
            transcript = None
            if options.transcript is not None:
                transcript = open_files.enter_context(FileTranscript(options.transcript))
            latency = options.latency_ms / 1000
            lab = Laboratory(described, options.seed, options.speed, latency, transcript, options.keytab)
            asyncio.run(_run(lab))
    except (scenario.ScenarioError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lab", description=__doc__)
    parser.add_argument("--scenario", default="two-sites", metavar="NAME", help="a scenario, or a .toml file")
    parser.add_argument(
        "--speed",
        type=_positive,
        default=1.0,
        metavar="N",
        help="simulated seconds per second; 0 stands still",
    )
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="decides IDs and addresses")
    parser.add_argument("--latency-ms", type=_positive, default=0.0, metavar="N", help="delay of every answer")
    parser.add_argument(
        "--keytab", metavar="FILE", help="Kerberos keys of the hosts: HTTP/their names (not on Windows)"
    )
    parser.add_argument("--transcript", type=Path, metavar="FILE", help="append every command received, as JSON")
    return parser


def _positive(text: str) -> float:
    number = float(text)
    if not 0 <= number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not a number from 0 up")
    return number


async def _run(lab: Laboratory) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    with contextlib.suppress(NotImplementedError):  # Windows has no signal handlers on the loop
        loop.add_signal_handler(signal.SIGTERM, stop.set)
    ready = await lab.start()
    clock = asyncio.create_task(lab.estate.clock.run())
    # In a thread: with many hosts the line is longer than a pipe holds, and the hosts serve already.
    await asyncio.to_thread(_write_line, json.dumps(ready))
    threading.Thread(target=_wait_for_end_of_input, args=(loop, stop), daemon=True).start()
    await stop.wait()
    clock.cancel()
    await lab.close()


def _write_line(text: str) -> None:
    """Write a line to standard output, whole, however small the pipe behind it is."""
    rest = memoryview(text.encode() + b"\n")
    descriptor = sys.stdout.fileno()
    while rest:
        try:
            rest = rest[os.write(descriptor, rest) :]
        except BlockingIOError:
            select.select([], [descriptor], [])


def _allow_open_files() -> None:
    """Raise the limit of open files as far as the system lets anybody: each host needs some."""
    if sys.platform != "win32":
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        with contextlib.suppress(ValueError, OSError):  # macOS has a lower limit of its own
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _wait_for_end_of_input(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    with contextlib.suppress(OSError):
        while os.read(0, 4096):
            pass
    with contextlib.suppress(RuntimeError):  # the loop has ended by itself
        loop.call_soon_threadsafe(stop.set)


if __name__ == "__main__":
    sys.exit(main())
