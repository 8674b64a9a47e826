"""A lab whose users have passwords that are found again wherever they are written, and how they are looked for.

``python -m tests.end_to_end.planted`` is the lab, with the arguments of the usual one.
"""

from __future__ import annotations

import base64
import html
import json
import sys
import urllib.parse
from pathlib import Path
from typing import Any

from lab.__main__ import main
from lab.wire.accounts import Accounts

MARKS = {r"CONTOSO\ADMIN": "Qz7planted4Vw", r"CONTOSO\OPERATOR": "Jx3other8Kd"}
"""What stands in each password and nowhere else; no way of writing changes it but base64 and another width."""
PASSWORDS = {user: f"\"q\" 'a\u2019b' <{mark}> & é\\n $(x) `%20+/=;_x0041_ end" for user, mark in MARKS.items()}
WRONG = "Wp5wrong2Lm'\"<&"
"""A password that is typed once and refused."""


def needles() -> dict[bytes, str]:
    """Everything that would give a password away, with a word for the way in which it is written."""
    found: dict[bytes, str] = {}
    for mark in (*MARKS.values(), WRONG[:10]):
        for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
            found[mark.encode(encoding)] = f"plain, {encoding}"
            # The bytes before it decide how a text begins in base64: three ways, of which the ends differ.
            for shift in range(3):
                whole = base64.b64encode(b"\0" * shift + mark.encode(encoding))
                found[whole[(0, 2, 3)[shift] : -4]] = f"base64, {encoding}"
    for password in PASSWORDS.values():
        for text in (
            json.dumps(password),
            html.escape(password),
            urllib.parse.quote(password),
            urllib.parse.quote_plus(password),
            repr(password),
            password.replace("'", "''"),
        ):
            found[text.strip("\"'").encode()] = "escaped"
        for encoding in ("utf-8", "utf-16-le"):
            for encode in (base64.b64encode, base64.urlsafe_b64encode):
                found[encode(password.encode(encoding))] = f"base64, {encoding}"
            found[password.encode(encoding).hex().encode()] = "hexadecimal"
    return found


def given_away(content: bytes) -> str:
    """How a password is written in ``content``; empty where there is none."""
    lowered = content.lower()
    for needle, word in needles().items():
        if needle in content or (word in ("escaped", "hexadecimal") and needle.lower() in lowered):
            return f"{word}: {needle[:24]!r}"
    return ""


def given_away_in(folder: Path) -> list[str]:
    """The files below ``folder`` that hold a password, in their content or in their name; links are not followed."""
    found = []
    for file in folder.rglob("*"):
        if (how := given_away(str(file).encode())) or (
            file.is_file() and not file.is_symlink() and (how := given_away(file.read_bytes()))
        ):
            found.append(f"{file.relative_to(folder)}: {how}")
    return found


def _with_planted_passwords() -> None:
    add = Accounts.add

    def planted(self: Accounts, user: str, password: str | None = None, **more: Any) -> str:
        return add(self, user, PASSWORDS.get(user.upper(), password), **more)

    Accounts.add = planted  # type: ignore[method-assign]


if __name__ == "__main__":
    _with_planted_passwords()
    sys.exit(main())
