"""``python -m tests.fuzz.answers``: one program after the other reads hosts that say what no host should say.

Runs in a process of its own, whose memory is limited and that ends itself when nothing goes on. Prints what it found as
one line of JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import faulthandler
import gc
import json
import logging
import random
import resource
import tempfile
import time
import traceback
from pathlib import Path

from core.hyperv.query import UnexpectedAnswer
from core.remoting.errors import RemotingError
from core.replicas.survey import Survey
from tests.core.estates import read_all
from tests.fuzz.hosts import TwistingHosts, twisting_hosts
from tests.fuzz.readings import READINGS, Truth
from tests.fuzz.tape import Tape, taped
from tests.fuzz.twisting import Twister

NAMED = (RemotingError, UnexpectedAnswer)
"""What may come out of a reading whose answer cannot be understood."""
ROOM = 200 << 20
"""How many bytes more than at the beginning may be asked for."""
OVER_THE_WIRE = 101
"""Each case of so many goes over the real wire, to hosts that twist what they say; the others are said from a tape."""
SECONDS = 60
"""After so many seconds a reading counts as hanging."""


@dataclasses.dataclass
class Findings:
    """What came of it; ``wrong`` has the number of a case, what was read, and the traceback."""

    cases: int = 0
    named: dict[str, int] = dataclasses.field(default_factory=dict)
    understood: int = 0
    over_the_wire: int = 0
    wrong: list[tuple[int, str, str]] = dataclasses.field(default_factory=list)
    grown: int = 0
    slowest: tuple[float, int, str] = (0.0, 0, "")


async def fuzz(seed: int, seconds: float, folder: Path, first: int = 0, most: int = 1 << 60) -> Findings:
    """Read twisted answers for so many seconds, or ``most`` cases from the ``first`` on."""
    found = Findings()
    tape = Tape()
    async with twisting_hosts(folder) as (laboratory, reached), taped(reached, tape) as estate:
        await read_all(estate)
        truth = Truth(estate, estate.pictures, await Survey(estate).read())
        for reading in READINGS.values():
            await reading(truth)
        gc.collect()
        began_with = _resident()
        _limit_memory(ROOM)
        run = _Run(found, seed, laboratory, tape, truth)
        until = time.monotonic() + seconds
        for number in range(first, first + most):
            if time.monotonic() > until:
                break
            faulthandler.dump_traceback_later(3 * SECONDS, exit=True)
            await run.case(number)
        faulthandler.cancel_dump_traceback_later()
        gc.collect()
        found.grown = _resident() - began_with
    return found


class _Run:
    """One case after the other, each made of the seed and its number alone."""

    def __init__(self, found: Findings, seed: int, laboratory: TwistingHosts, tape: Tape, truth: Truth) -> None:
        self._found = found
        self._seed = seed
        self._laboratory = laboratory
        self._tape = tape
        self._truth = truth
        self._known = {each.key: each for each in truth.pictures}

    async def case(self, number: int) -> None:
        """Read something that is twisted, and then the truth again."""
        found, tape = self._found, self._tape
        name = list(READINGS)[number % len(READINGS)]
        choose = random.Random(f"{self._seed}:{number}")
        tape.is_live = number % OVER_THE_WIRE == 0
        tape.choose = choose
        tape.twister = self._laboratory.twister = Twister(choose)
        began = time.monotonic()
        try:
            async with asyncio.timeout(SECONDS):
                await READINGS[name](self._truth)
            found.understood += 1
        except NAMED as error:
            found.named[type(error).__name__] = found.named.get(type(error).__name__, 0) + 1
        except Exception:
            found.wrong.append((number, name, traceback.format_exc()))
        found.cases += 1
        found.over_the_wire += tape.is_live
        found.slowest = max(found.slowest, (round(time.monotonic() - began, 2), number, name))
        tape.twister = self._laboratory.twister = None
        for key, before in self._known.items():
            if self._truth.estate.picture(key) is not before:
                self._known[key] = await self._truth.estate.reread(key)
                if (failure := self._known[key].failure) is not None:
                    found.wrong.append((number, name, f"{key.name} was not read again: {failure} {failure.cause}"))


def _limit_memory(room: int) -> None:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    resource.setrlimit(resource.RLIMIT_AS, (pages * 4096 + room, resource.RLIM_INFINITY))


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096


def main() -> None:
    """Read what the command line asks for."""
    parser = argparse.ArgumentParser(prog="tests.fuzz.answers", description=__doc__)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--seconds", type=float, default=1e9)
    parser.add_argument("--first", type=int, default=0, help="the first case")
    parser.add_argument("--cases", type=int, default=1 << 60)
    options = parser.parse_args()
    # The lab says of each of its clients' broken messages what is wrong with it.
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(fuzz(options.seed, options.seconds, Path(folder), options.first, options.cases))
    print(json.dumps(dataclasses.asdict(found)))


if __name__ == "__main__":
    main()
