"""The control address of a lab: look at the estate and step its clock, over HTTP on loopback, with a token.

``GET /estate`` tells where every machine is. ``POST /clock`` with ``{"advance": seconds}`` lets simulated time pass at
once, with ``{"speed": factor}`` it sets the simulated seconds per second; both answer the clock.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
import secrets
from typing import Any

from lab.hyperv.estate import Estate
from lab.wire.http import BadRequest, HttpConnection, HttpRequest, HttpResponse


class Control:
    """Serves the control address of one lab; requests carry ``Authorization: Bearer TOKEN``."""

    def __init__(self, estate: Estate) -> None:
        self._estate = estate
        self.token = secrets.token_urlsafe(24)
        self._server: asyncio.Server | None = None

    async def start(self) -> str:
        """Listen on a loopback port of the system's choice, and return the address."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"

    async def close(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = HttpConnection(reader, writer)
        with contextlib.suppress(ConnectionError, BadRequest):
            while (request := await connection.read()) is not None:
                await connection.write(self._answer(request))
        await connection.close()

    def _answer(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {self.token}".encode()):
            return HttpResponse(401)
        try:
            match request.method, request.path:
                case "GET", "/estate":
                    return _json(self._places())
                case "POST", "/clock":
                    return _json(self._set_clock(json.loads(request.body)))
        except (ValueError, TypeError, KeyError) as error:
            return _json({"error": str(error)}, 400)
        return HttpResponse(404)

    def _places(self) -> dict[str, Any]:
        return {
            host.name: [
                {"id": str(machine.machine_id), "name": machine.name, "state": machine.state.name}
                for machine in host.machines.values()
            ]
            for host in self._estate.hosts
        }

    def _set_clock(self, wanted: dict[str, Any]) -> dict[str, Any]:
        clock = self._estate.clock
        clock.catch_up()
        if "speed" in wanted:
            clock.set_speed(float(wanted["speed"]))
        if "advance" in wanted:
            clock.advance(float(wanted["advance"]))
        return {"now": clock.now().isoformat(), "elapsed": clock.elapsed, "speed": clock.speed}


def _json(content: dict[str, Any], status: int = 200) -> HttpResponse:
    return HttpResponse(status, json.dumps(content).encode(), {"Content-Type": "application/json"})
