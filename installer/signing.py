"""Signatures by which Windows knows who made a program. The key comes from outside and is never kept here."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path


class NotSigned(Exception):
    """A file could not be signed, or its signature does not hold; the text is what the tool says."""


@dataclass(frozen=True, slots=True)
class Signer:
    """A key with its certificate in the file ``keys`` (PKCS #12), whose password is the first line of ``password``.

    ``timestamp`` is the address of a timestamping service: without one a signature ends with its certificate.
    """

    keys: Path
    password: Path
    timestamp: str | None = None

    def sign(self, file: Path) -> None:
        """Sign a program or an installer in its place. Raises NotSigned."""
        signed = file.with_name(f"{file.name}.signed")
        signed.unlink(missing_ok=True)
        arguments: list[str | Path] = [
            "-pkcs12",
            self.keys,
            "-readpass",
            self.password,
            "-n",
            "VM Ferry",
            "-h",
            "sha256",
        ]
        if self.timestamp:
            arguments += ["-ts", self.timestamp]
        _osslsigncode("sign", *arguments, "-in", file, "-out", signed)
        shutil.move(signed, file)


def verify(file: Path, authorities: Path) -> None:
    """Check the signature of ``file`` against certificates in PEM. Raises NotSigned."""
    _osslsigncode("verify", "-CAfile", authorities, "-in", file)


def _osslsigncode(*arguments: str | Path) -> None:
    done = subprocess.run(["osslsigncode", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotSigned(f"{done.stdout}{done.stderr}".strip())
