"""``python -m tests.fuzz.files``: reads files that somebody sends to be imported, twisted at random.

Whatever is in one, it is read as data: an audit hook sees to it that meanwhile nothing is opened, connected to, loaded
or run. Prints what it found as one line of JSON.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import json
import os
import random
import sys
import time
import traceback
from collections.abc import Iterator
from uuid import UUID

from core.estate.profile_exchange import Found, added, exported, read_file
from core.estate.profiles import Profile, Profiles
from core.kept_file import Unreadable
from core.recovery.document import Group, Member, RecoveryPlan, as_file, from_file, problems
from core.recovery.readiness import judgement
from core.recovery.report import run_confirmation, run_csv, run_html
from core.recovery.status import Kind, MemberState, MemberStatus, RunState, RunStatus
from core.replicas.survey import Overview
from tests.fuzz.readings import looked_at
from tests.fuzz.twisting import Twister

NOON = datetime.datetime(2026, 5, 1, 12, tzinfo=datetime.UTC)
HARMLESS = ("object.", "sys._getframe", "gc.", "array.", "marshal.", "code.__new__", "time.sleep")
"""What Python tells of itself when it only reckons."""
PROFILES = Profiles(
    (
        Profile(address="hv01.contoso.example", user_name="CONTOSO\\admin", group="Berlin"),
        Profile(
            address="10.0.0.7",
            name="Seven",
            scheme="https",
            port=5986,
            authentication="certificate",
            trust="file",
            ca_file="C:\\ca.pem",
            certificate_file="C:\\user.pem",
            certificate_key_file="C:\\user.key",
            proxy="http://proxy.contoso.example:8080",
            is_read_only=True,
        ),
    ),
    ("Berlin", "Bonn"),
)
NAMES = "hv01, hv02.contoso.example; 10.0.0.1\n# a comment\nhv03\n"
PLAN = RecoveryPlan(
    "Lost site",
    "Lab",
    tuple(
        Group(f"Group {number}", (Member(UUID(int=number), "CRM", "P", "R"),), "Wait.", running_within=60)
        for number in range(3)
    ),
    "Notes",
)
BASES = {"profiles": exported(PROFILES).decode(), "names": NAMES, "plan": as_file(PLAN).decode()}


class Watched:
    """What Python did while something was read."""

    def __init__(self) -> None:
        self._is_on = False
        self.seen: list[str] = []
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[object, ...]) -> None:
        if self._is_on and not event.startswith(HARMLESS):
            self.seen.append(f"{event}: {arguments!r:.100}")

    @contextlib.contextmanager
    def on(self) -> Iterator[None]:
        self._is_on = True
        try:
            yield
        finally:
            self._is_on = False


def twisted(kind: str, choose: random.Random) -> bytes:
    """A file of this kind as nobody has written it."""
    twister = Twister(choose, always=True)
    text = twister.text(BASES[kind])
    if choose.random() < 0.2:
        text = twister.text(text) if text.strip()[:1] not in ("[", "{") or _is_json(text) else text[::-1]
    encoding = choose.choice((*["utf-8"] * 6, "utf-8-sig", "utf-16", "latin-1"))
    content = text.encode(encoding, "surrogatepass" if encoding.startswith("utf") else "replace")
    if choose.random() < 0.1:
        place = choose.randrange(len(content) + 1)
        content = content[:place] + choose.randbytes(3) + content[place:]
    return content


def take_in(kind: str, content: bytes) -> None:
    """Read a file as the window does, and look at what it offers. Raises Unreadable."""
    if kind == "plan":
        _look_at_plan(from_file(content))
        return
    found = read_file(content, Profiles())
    looked_at(found)
    _look_at_profiles(found)


def _look_at_profiles(found: Found) -> None:
    template = Profile(address="localhost", password_place="account")
    for profile in added(Profiles(), found, template).profiles:
        connection = profile.connection("password")
        looked_at((connection.key, connection.endpoint))
        assert "@" not in (profile.proxy or "")
        assert profile.listed_name.isprintable()


def _look_at_plan(plan: RecoveryPlan) -> None:
    assert not list(problems(plan))
    looked_at(plan)
    judgement(plan, (), Overview(), NOON)
    members = tuple(MemberStatus(each, MemberState.DONE, "", ()) for each in plan.members)
    for kind in Kind:
        status = RunStatus(plan, kind, RunState.SUCCEEDED, 0, "", members, NOON, NOON)
        run_confirmation(plan, kind)
        run_csv(status)
        run_html(status)


def fuzz(seed: int, seconds: float, most: int) -> dict[str, object]:
    """What was read, refused, and wrong."""
    found: dict[str, object] = {}
    wrong: list[str] = []
    read, refused, number = dict.fromkeys(BASES, 0), 0, 0
    # What is loaded when it is needed first.
    for kind, text in BASES.items():
        take_in(kind, text.encode())
        with contextlib.suppress(Unreadable):
            take_in(kind, b"\xff\xfe\xff")
    watched = Watched()
    with watched.on(), open(os.devnull, "rb"):
        """That much it has to hear."""
    assert watched.seen.pop().startswith("open: ")
    until = time.monotonic() + seconds
    while number < most and time.monotonic() < until:
        choose = random.Random(f"{seed}:{number}")
        kind = list(BASES)[number % len(BASES)]
        content = twisted(kind, choose)
        try:
            with watched.on():
                take_in(kind, content)
            read[kind] += 1
        except Unreadable as error:
            str(error).encode()
            refused += 1
        except Exception:
            wrong.append(f"{number}, {kind}: {traceback.format_exc()}")
        number += 1
    found |= {"cases": number, "read": read, "refused": refused, "wrong": wrong, "seen": watched.seen}
    return found


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def main() -> None:
    """Read what the command line asks for."""
    parser = argparse.ArgumentParser(prog="tests.fuzz.files", description=__doc__)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--seconds", type=float, default=1e9)
    parser.add_argument("--cases", type=int, default=1 << 60)
    options = parser.parse_args()
    print(json.dumps(fuzz(options.seed, options.seconds, options.cases)))


if __name__ == "__main__":
    main()
