"""Reaching a host that a wizard names: one of the list, or any other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from core.estate.estate import Estate, Picture
from core.remoting.endpoint import Credential


async def reach(
    estate: Estate, like: Picture, listed: Picture | None, typed: str, credentials: Mapping[str, Credential]
) -> Picture | None:
    """A fresh picture of ``listed``, or of the host that ``typed`` names, which is reached like another host.

    ``credentials`` were given for hosts, by their names in small letters, and are used from then on. None when there is
    no practice host of that name: simulated and real hosts never mix.
    """
    name = (listed.key.name if listed else typed).strip()
    credential = credentials.get(name.lower())
    if listed is not None:
        if credential is None or credential == listed.connection.credential:
            return await estate.refresh(listed.key, signs_in_again=credential is not None)
        return await estate.visit(replace(listed.connection, credential=credential))
    connection = like.connection
    if connection.is_practice:
        return None
    # The certificate that is trusted by its fingerprint is the other host's own.
    endpoint = replace(connection.endpoint, name=name, address=name, fingerprint=None)
    return await estate.visit(replace(connection, endpoint=endpoint, credential=credential or connection.credential))
