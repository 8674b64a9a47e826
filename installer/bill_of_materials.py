"""What the installer holds, as a CycloneDX document beside it."""

from __future__ import annotations

import datetime
import hashlib
import json
from pathlib import Path
from uuid import uuid5

from installer.product import NAMESPACE
from installer.runtime import Runtime
from installer.wheels import Wheel


def write(
    target: Path, installer: Path, version: str, runtime: Runtime, python: str, wheels: tuple[Wheel, ...], moment: int
) -> None:
    """Write ``target``: the ``installer`` by its hash, CPython and every package. ``moment`` is in seconds."""
    sha256 = hashlib.sha256(installer.read_bytes()).hexdigest()
    components = [
        _component("application", "CPython", python, "PSF-2.0", runtime.sha256, f"pkg:generic/cpython@{python}")
    ]
    for wheel in wheels:
        name = wheel.name.lower().replace("_", "-")
        address = f"pkg:pypi/{name}@{wheel.version}"
        components.append(_component("library", wheel.name, wheel.version, wheel.licence, wheel.sha256, address))
    program = _component("application", "VM Ferry", version, "MIT", sha256, f"pkg:generic/vm-ferry@{version}")
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE, sha256)}",
        "version": 1,
        "metadata": {
            "timestamp": datetime.datetime.fromtimestamp(moment, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": program,
        },
        "components": components,
        "dependencies": [{"ref": program["bom-ref"], "dependsOn": [each["bom-ref"] for each in components]}],
    }
    target.write_text(json.dumps(document, indent=2) + "\n", "utf-8")


def _component(kind: str, name: str, version: str, licence: str, sha256: str, address: str) -> dict[str, object]:
    component: dict[str, object] = {
        "type": kind,
        "bom-ref": address,
        "name": name,
        "version": version,
        "purl": address,
        "hashes": [{"alg": "SHA-256", "content": sha256}],
    }
    if licence:
        component["licenses"] = [{"license": {"name": licence}}]
    return component
