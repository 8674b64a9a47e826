"""A program that keeps, reads and forgets passwords as its arguments say, and prints what came of it as JSON.

``keep HOST USER PASSWORD``, ``read HOST USER``, ``forget HOST USER``, in any number, one after the other.
"""

from __future__ import annotations

import asyncio
import json
import sys

from core.estate.secrets import Secrets
from core.remoting.workers import Workers


async def visit(arguments: list[str]) -> list[str | None]:
    workers = Workers(2)
    workers.start()
    secrets = Secrets(workers)
    came: list[str | None] = [await secrets.probe()]
    while arguments:
        match arguments:
            case ["keep", host, user, password, *arguments]:
                came.append(await secrets.keep(host, user, password))
            case ["read", host, user, *arguments]:
                came.append(await secrets.read(host, user))
            case ["forget", host, user, *arguments]:
                came.append(await secrets.forget(host, user))
    await workers.close()
    return came


if __name__ == "__main__":
    print(json.dumps(asyncio.run(visit(sys.argv[1:]))))
