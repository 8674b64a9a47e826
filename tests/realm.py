"""A real Kerberos realm for tests: the KDC of MIT in a temporary folder, on a port of loopback."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

REALM = "CONTOSO.EXAMPLE"
PATIENCE = 20  # seconds after which a KDC that does not start is given up
# Debian keeps these where only root looks.
_PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
_PROGRAMS = ("krb5kdc", "kdb5_util", "kadmin.local", "gcc")
_MODULES = ("gssapi", "krb5")

_CLIENT = """\
[libdefaults]
    default_realm = {realm}
    dns_lookup_kdc = false
    dns_lookup_realm = false
    dns_canonicalize_hostname = false
    rdns = false
    udp_preference_limit = 1
    default_ccache_name = FILE:{folder}/credentials
[realms]
    {realm} = {{
        kdc = 127.0.0.1:{port}
    }}
"""

_KDC = """\
[kdcdefaults]
    kdc_listen = 127.0.0.1:{port}
    kdc_tcp_listen = 127.0.0.1:{port}
[realms]
    {realm} = {{
        database_name = {folder}/principals
        key_stash_file = {folder}/stash
        acl_file = {folder}/acl
        default_principal_flags = +preauth
    }}
[logging]
    kdc = STDERR
"""


def reason_without_kerberos() -> str:
    """Why no realm can be started here; empty where one can."""
    if not sys.platform.startswith("linux"):
        return "left out: the KDC of these tests runs on Linux only"
    missing = [name for name in _PROGRAMS if shutil.which(name, path=_PATH) is None]
    if missing:
        return f"left out: {', '.join(missing)} are missing; as root on Debian, 'python3 dev.py test' brings them"
    missing = [name for name in _MODULES if importlib.util.find_spec(name) is None]
    if missing:
        return f"left out: the Python modules {', '.join(missing)} are missing; 'python3 dev.py test' builds them"
    return ""


needs_kerberos = pytest.mark.skipif(bool(reason_without_kerberos()), reason=reason_without_kerberos())
"""Leaves tests out where no KDC can run, and says why."""


class Realm:
    """A realm whose KDC runs; ``environment`` is what leads clients and services to it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            "KRB5_CONFIG": str(folder / "krb5.conf"),
            "KRB5_KDC_PROFILE": str(folder / "kdc.conf"),
        }
        self._run("kdb5_util", "create", "-s", "-P", "a master key", "-r", REALM)

    def add_user(self, name: str, password: str, *options: str) -> None:
        """Add a principal; ``options`` are those of kadmin's addprinc."""
        self._kadmin("addprinc", *options, "-pw", password, name)

    def add_policy(self, name: str, *options: str) -> None:
        """Add a policy; ``options`` are those of kadmin's addpol."""
        self._kadmin("addpol", *options, name)

    def keytab(self, *services: str) -> Path:
        """The keys of new services (``HTTP/localhost``), as a host holds them."""
        file = self.folder / f"{services[0].replace('/', '-')}.keytab"
        for service in services:
            self._kadmin("addprinc", "-randkey", service)
        self._kadmin("ktadd", "-k", str(file), *services)
        return file

    def change_key(self, service: str) -> None:
        """Give a service a new key, which its keytab does not have."""
        self._kadmin("cpw", "-randkey", service)

    def _kadmin(self, *words: str) -> None:
        self._run("kadmin.local", "-r", REALM, *words)

    def _run(self, program: str, *arguments: str) -> None:
        path = shutil.which(program, path=_PATH)
        assert path is not None
        done = subprocess.run(
            [path, *arguments],
            env={**os.environ, **self.environment},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, done.stderr


@contextlib.contextmanager
def running_realm(folder: Path) -> Iterator[Realm]:
    """A new realm in ``folder``, until the block ends."""
    port = _free_port()
    names = {"realm": REALM, "folder": folder, "port": port}
    (folder / "krb5.conf").write_text(_CLIENT.format(**names))
    (folder / "kdc.conf").write_text(_KDC.format(**names))
    (folder / "acl").touch()
    realm = Realm(folder)
    program = shutil.which("krb5kdc", path=_PATH)
    assert program is not None
    kdc = subprocess.Popen(
        [program, "-n", "-r", REALM],
        env={**os.environ, **realm.environment},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert kdc.stderr is not None
    serves = threading.Event()
    log: list[str] = []
    reader = threading.Thread(target=_read_log, args=(kdc.stderr, log, serves))
    reader.start()
    try:
        assert serves.wait(PATIENCE), log
        assert kdc.poll() is None, log
        yield realm
    finally:
        kdc.terminate()
        kdc.wait(PATIENCE)
        reader.join(PATIENCE)
        kdc.stderr.close()


def _read_log(stream: IO[str], log: list[str], serves: threading.Event) -> None:
    """Keep what the KDC says, so that it never waits to say it; its end counts as well."""
    for line in stream:
        log.append(line)
        if "commencing operation" in line:
            serves.set()
    serves.set()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
