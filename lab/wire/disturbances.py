"""What goes wrong on the way to a host and back: data, as the control address and scenarios give it.

Each disturbance is an object with a ``kind``. Those of single requests have in common: ``action`` is the action of the
WS-Management message (``Create``, ``Command``, ``Send``, ``Receive``, ``Signal``, ``Delete``, ``Get``, ``Identify``,
...), None for any HTTP request, those of the authentication included; ``nth`` is the first matching request that is
disturbed, counted from 1 since the disturbance was switched on; ``times`` is how many are disturbed from there on,
None until it is lifted.
"""

from __future__ import annotations

from typing import ClassVar, Literal, TypeAlias

import msgspec

from lab.wire.certificates import CertificateKind


class _Disturbance(msgspec.Struct, frozen=True, tag_field="kind", forbid_unknown_fields=True):
    """Anything that can be switched on for a host."""


class Refuse(_Disturbance, frozen=True, tag="refuse"):
    """Nobody listens: new connections are refused, those that exist are cut. Shells stay."""


class BlackHole(_Disturbance, frozen=True, tag="black-hole"):
    """Connections are accepted and nothing is answered; when it is lifted, what was asked is answered."""


class Slow(_Disturbance, frozen=True, tag="slow"):
    """Answers leave at this many bytes a second."""

    bytes_per_second: int


class IdleDrop(_Disturbance, frozen=True, tag="idle-drop"):
    """A connection is cut after so many seconds without a request."""

    seconds: float


class Certificate(_Disturbance, frozen=True, tag="certificate"):
    """New connections meet this certificate instead of the one that belongs to the host."""

    certificate: CertificateKind


class _OfRequests(_Disturbance, frozen=True):
    action: str | None = None
    nth: int = 1
    times: int | None = None

    of_messages: ClassVar[bool] = False
    """Whether it can only happen to a readable WS-Management message, not to a step of the authentication."""


class Drop(_OfRequests, frozen=True, tag="drop"):
    """The connection is cut.

    ``before`` the request is carried out; ``unanswered``: after it was carried out, before the answer; ``during``:
    after half of the answer; ``after`` the answer.
    """

    moment: Literal["before", "unanswered", "during", "after"] = "unanswered"


class HalfAnswer(_OfRequests, frozen=True, tag="half-answer"):
    """Half of the answer arrives, and the connection stays open until the disturbance is lifted."""


class Stall(_OfRequests, frozen=True, tag="stall"):
    """The request is carried out; its answer is held back for ``seconds``, or until the disturbance is lifted."""

    seconds: float | None = None


class Status(_OfRequests, frozen=True, tag="status"):
    """The request is not carried out; an HTTP status without a body answers it."""

    status: Literal[400, 401, 403, 404, 500, 503] = 500


class Quota(_OfRequests, frozen=True, tag="quota"):
    """The request is not carried out; the fault of an exceeded quota answers it."""

    quota: Literal[
        "shells-per-user",
        "operations-per-user",
        "concurrent-users",
        "commands-per-shell",
        "processes-per-shell",
        "memory-per-shell",
        "load-of-user",
    ] = "shells-per-user"

    of_messages: ClassVar[bool] = True


class Garbage(_OfRequests, frozen=True, tag="garbage"):
    """Nonsense in place of what is expected.

    ``http``: the request is not carried out and no HTTP answers it. ``soap`` and ``psrp``: it is carried out, and the
    answer is a message that is no XML, or has streams that hold no PSRP fragments.
    """

    instead_of: Literal["http", "soap", "psrp"] = "soap"

    of_messages: ClassVar[bool] = True


class Flood(_OfRequests, frozen=True, tag="flood"):
    """The request is not carried out; an answer of so many bytes comes, in the clear."""

    size: int = 200_000_000


class Content(_OfRequests, frozen=True, tag="content"):
    """What a host sends that is not what it should be: ``text``, with ``encoding`` as its Content-Encoding.

    In place of ``http`` the request is not carried out, and the text comes in the clear. In place of ``psrp`` it is
    carried out, and each stream of the answer holds one message of output with the text.
    """

    text: str = ""
    instead_of: Literal["http", "psrp"] = "http"
    encoding: str | None = None


OfRequests: TypeAlias = Drop | HalfAnswer | Stall | Status | Quota | Garbage | Flood | Content
OfConnections: TypeAlias = Refuse | BlackHole | Slow | IdleDrop | Certificate
Disturbance: TypeAlias = OfRequests | OfConnections


def disturbances_from_json(text: bytes) -> list[Disturbance]:
    """The disturbances in a JSON list; raises msgspec.ValidationError or DecodeError, which say what is wrong."""
    return msgspec.json.decode(text, type=list[Disturbance])
