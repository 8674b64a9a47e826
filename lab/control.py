"""The control address of a lab, over HTTP on loopback, with a token: what a test or a teacher does to the hosts.

Requests carry ``Authorization: Bearer TOKEN``; bodies and answers are JSON. What cannot be done is answered with
status 400 or 404 and ``{"error": "why, in words"}``.

The estate and its clock:

- ``GET /estate``: where every machine is.
- ``POST /clock`` with ``{"advance": seconds}`` lets simulated time pass at once, with ``{"speed": factor}`` it sets the
  simulated seconds per second; both answer the clock. A host whose time to come back falls in between is back.

An account:

- ``POST /password`` with ``{"user": "LAB\\\\admin"}``: somebody gives it another password on every host; answers it.
  Connections that are signed in stay so until they end.

A cluster, by its name:

- ``POST /clusters/NAME`` with ``{"quorum": false, "faults": {"Volume1": "NoAccess"}}`` and more (all is in
  lab.hyperv.cluster_state): brings it into that state; what is left out stays.

A host, by its name:

- ``GET /hosts``: how every host is reached, as in the ready line.
- ``GET /hosts/NAME``: the same, and whether it listens and is down, its connections, its shells with their commands,
  how many requests of each action it carried out, and how many sign-ins it refused.
- ``PUT /hosts/NAME/wire`` with settings (``{"scheme": "https", "authentication": ["negotiate", "basic"]}``; all are in
  lab.wire.settings and lab.wire.quotas): sets the listener up anew, on the same port. What is left out gets its
  default; connections are dropped, shells stay.
- ``GET``, ``PUT`` and ``DELETE /hosts/NAME/disturbances``: the list of what goes wrong on the way to it and back
  (``[{"kind": "drop", "action": "Command", "nth": 2, "times": 1}]``; all kinds are in lab.wire.disturbances). PUT lifts
  those from before. A disturbance that waits to be lifted ends when it is.
- ``POST /hosts/NAME/down``: it leaves the network (its machines run on), its connections and shells are lost, its
  migrations break off, with ``{"seconds": n}`` for n
  seconds of simulated time, without until it is lifted. ``POST /hosts/NAME/up`` lifts it.
- ``POST /hosts/NAME/crash``, with ``{"seconds": n}`` or without: the same, but it stops at once; machines that ran are
  off. Back again, it starts them as their start action says.
- ``POST /hosts/NAME/idle`` with ``{"seconds": n}``: to its shells it seems that so much real time passed without a
  request; those whose time is up are closed.
- ``POST /hosts/NAME/carry`` with ``{"folder": "E:\\\\IR", "to": "HV-DR", "there": "R:\\\\IR"}``: somebody carries the
  files in that folder to another host, as media with an initial copy or an export are; answers their paths there.
- ``POST /hosts/NAME/provider`` with ``{"machine": "SQL01", "flow": "Failback"}``: another provider of replication, such
  as a service in a cloud, acts on a replicated machine (the flows are in lab.hyperv.replication.provider); without a
  flow it is done. Answers the replication state.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
import secrets
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from lab.hyperv.cluster_state import ClusterState, set_state
from lab.hyperv.crash import come_back, crash
from lab.hyperv.estate import Estate
from lab.hyperv.files import StorageError
from lab.hyperv.host import Host
from lab.hyperv.media import carry
from lab.hyperv.messages import OperationFailed
from lab.hyperv.replication import provider
from lab.wire.accounts import Accounts
from lab.wire.disturbances import disturbances_from_json
from lab.wire.http import BadRequest, HttpConnection, HttpRequest, HttpResponse
from lab.wire.listener import Listener
from lab.wire.settings import WireSettings


class _Clock(msgspec.Struct, forbid_unknown_fields=True):
    advance: float | None = None
    speed: float | None = None


class _Outage(msgspec.Struct, forbid_unknown_fields=True):
    seconds: float | None = None


class _Idle(msgspec.Struct, forbid_unknown_fields=True):
    seconds: float


class _Password(msgspec.Struct, forbid_unknown_fields=True):
    user: str


class _Media(msgspec.Struct, forbid_unknown_fields=True):
    folder: str
    to: str
    there: str


class _Provider(msgspec.Struct, forbid_unknown_fields=True):
    machine: str
    flow: str | None = None


class _NotFound(Exception):
    """There is no such host or verb; the text says which."""


class Control:
    """Serves the control address of one lab; ``reach`` tells how the host of a name is reached."""

    def __init__(
        self,
        estate: Estate,
        accounts: Accounts,
        listeners: Mapping[str, Listener],
        reach: Callable[[str], dict[str, Any]],
    ) -> None:
        self._estate = estate
        self._accounts = accounts
        self._listeners = listeners
        self._reach = reach
        self.token = secrets.token_urlsafe(24)
        self._address = ""
        self._server: asyncio.Server | None = None
        self._returns: dict[str, Callable[[], None]] = {}
        self._coming_back: set[asyncio.Task[None]] = set()

    async def start(self) -> str:
        """Listen on a loopback port of the system's choice, and return the address."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        self._address = f"127.0.0.1:{port}"
        return f"http://{self._address}"

    async def close(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = HttpConnection(reader, writer)
        with contextlib.suppress(ConnectionError, BadRequest):
            while (request := await connection.read()) is not None:
                await connection.write(await self._answer(request))
        await connection.close()

    async def _answer(self, request: HttpRequest) -> HttpResponse:
        # A web page can make a browser on this computer ask here, also under another name; it says so in these headers.
        if request.headers.get("host") != self._address or "origin" in request.headers:
            return HttpResponse(403)
        given = request.headers.get("authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {self.token}".encode()):
            return HttpResponse(401)
        try:
            return _json(await self._do(request.method, request.path, request.body))
        except (msgspec.DecodeError, ValueError) as error:
            return _json({"error": str(error)}, 400)
        except _NotFound as error:
            return _json({"error": str(error)}, 404)

    async def _do(self, method: str, path: str, body: bytes) -> Any:
        match method, *path.strip("/").split("/"):
            case "GET", "estate":
                return self._places()
            case "POST", "clock":
                return await self._set_clock(msgspec.json.decode(body, type=_Clock))
            case "POST", "password":
                return self._change_password(msgspec.json.decode(body, type=_Password).user)
            case "GET", "hosts":
                return [self._reach(name) for name in self._listeners]
            case "POST", "clusters", name:
                return self._set_cluster(name, msgspec.json.decode(body, type=ClusterState))
            case _, "hosts", name, *verb:
                return await self._do_to_host(method, self._known_name(name), "/".join(verb), body)
        raise _NotFound(f"{method} {path} is nothing this lab does")

    async def _do_to_host(self, method: str, name: str, verb: str, body: bytes) -> Any:
        listener = self._listeners[name]
        match method, verb:
            case "GET", "":
                return {**self._reach(name), **listener.report()}
            case "PUT", "wire":
                await listener.set_up(msgspec.json.decode(body, type=WireSettings))
                return self._reach(name)
            case "GET", "disturbances":
                return listener.disturbances
            case "PUT", "disturbances":
                await listener.disturb(disturbances_from_json(body))
                return listener.disturbances
            case "DELETE", "disturbances":
                await listener.disturb([])
                return []
            case "POST", "down":
                await self._take_down(name, msgspec.json.decode(body or b"{}", type=_Outage).seconds)
                return listener.report()
            case "POST", "crash":
                crash(self._host(name))
                await self._take_down(name, msgspec.json.decode(body or b"{}", type=_Outage).seconds)
                return listener.report()
            case "POST", "up":
                self._forget_return(name)
                await self._regain_network(name)
                return listener.report()
            case "POST", "carry":
                return self._carry(name, msgspec.json.decode(body, type=_Media))
            case "POST", "provider":
                return self._provide(name, msgspec.json.decode(body, type=_Provider))
            case "POST", "idle":
                await listener.let_idle(msgspec.json.decode(body, type=_Idle).seconds)
                return listener.report()
        raise _NotFound(f"{method} of {verb!r} is nothing that can be done to a host")

    def _change_password(self, user: str) -> str:
        try:
            return self._accounts.change_password(user)
        except KeyError as error:
            raise _NotFound(f"there is no account {user!r}") from error

    def _set_cluster(self, name: str, wanted: ClusterState) -> dict[str, Any]:
        cluster = next((each for each in self._estate.clusters if each.is_called(name)), None)
        if cluster is None:
            raise _NotFound(f"there is no cluster {name!r}")
        try:
            set_state(cluster, wanted)
        except KeyError as error:
            raise ValueError(f"the cluster has no {error}") from error
        return {"quorum": cluster.has_quorum, "broker": cluster.broker_state.name}

    def _carry(self, name: str, media: _Media) -> list[str]:
        destination = self._host(self._known_name(media.to))
        try:
            return carry(self._host(name), media.folder, destination, media.there)
        except StorageError as error:
            raise ValueError(f"{type(error).__name__}: {error.path}") from error

    def _provide(self, name: str, wanted: _Provider) -> str:
        machines = self._host(name).machines.values()
        replication = next((each.replication for each in machines if each.name == wanted.machine), None)
        if replication is None or replication.simple is None:
            raise _NotFound(f"there is no replicated machine {wanted.machine!r} on {name}")
        try:
            if wanted.flow is None:
                provider.end(replication.simple)
            elif wanted.flow in provider.Flow.__members__:
                provider.begin(replication.simple, provider.Flow[wanted.flow])
            else:
                raise _NotFound(f"there is no flow {wanted.flow!r}")
        except OperationFailed as failure:
            raise ValueError(failure.message) from failure
        return replication.simple.state.name

    def _known_name(self, name: str) -> str:
        for known in self._listeners:
            if known.lower() == name.lower():
                return known
        raise _NotFound(f"there is no host {name!r}")

    async def _take_down(self, name: str, seconds: float | None) -> None:
        if seconds is not None and seconds < 0:
            raise ValueError("a host cannot be down for less than no time")
        self._forget_return(name)
        self._host(name).lose_network()
        await self._listeners[name].go_down()
        if seconds is not None:
            self._returns[name] = self._estate.clock.call_later(seconds, lambda: self._bring_back(name))

    def _forget_return(self, name: str) -> None:
        if (cancel := self._returns.pop(name, None)) is not None:
            cancel()

    def _bring_back(self, name: str) -> None:
        self._returns.pop(name, None)
        task = asyncio.get_running_loop().create_task(self._regain_network(name))
        self._coming_back.add(task)
        task.add_done_callback(self._coming_back.discard)

    async def _regain_network(self, name: str) -> None:
        come_back(self._host(name))
        await self._listeners[name].come_back()

    def _host(self, name: str) -> Host:
        return next(host for host in self._estate.hosts if host.name == name)

    def _places(self) -> dict[str, Any]:
        return {
            host.name: [
                {"id": str(machine.machine_id), "name": machine.name, "state": machine.state.name}
                for machine in host.machines.values()
            ]
            for host in self._estate.hosts
        }

    async def _set_clock(self, wanted: _Clock) -> dict[str, Any]:
        clock = self._estate.clock
        clock.catch_up()
        if wanted.speed is not None:
            clock.set_speed(wanted.speed)
        if wanted.advance is not None:
            clock.advance(wanted.advance)
        await asyncio.gather(*self._coming_back)
        return {"now": clock.now().isoformat(), "elapsed": clock.elapsed, "speed": clock.speed}


def _json(content: Any, status: int = 200) -> HttpResponse:
    body = json.dumps(msgspec.to_builtins(content)).encode()
    return HttpResponse(status, body, {"Content-Type": "application/json"})
