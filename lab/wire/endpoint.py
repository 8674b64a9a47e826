"""What all connections of one simulated host share."""

from __future__ import annotations

import ssl
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from lab.wire.accounts import Accounts
from lab.wire.certificates import Authority, ServerCertificate
from lab.wire.disturbances import Certificate
from lab.wire.interference import Interference
from lab.wire.management import Management
from lab.wire.settings import WireSettings


@dataclass(slots=True)
class Endpoint:
    """The WinRM endpoint of one host; ``latency`` (seconds) passes before each answer.

    ``names`` are what its certificate is made out to, ``keytab`` is the file with Kerberos keys for settings that name
    none, ``requests`` counts the requests that were carried out, by the last part of their action,
    ``refused_sign_ins`` who was not let in.
    """

    names: tuple[str, ...]
    accounts: Accounts
    authority: Callable[[], Authority]
    management: Management
    settings: WireSettings
    latency: float
    keytab: str | None = None
    interference: Interference = field(default_factory=Interference)
    requests: Counter[str] = field(default_factory=Counter)
    refused_sign_ins: int = 0
    _issued: tuple[object, ServerCertificate] | None = None

    def certificate(self) -> ServerCertificate:
        """The certificate for a new connection, made when it is needed first.

        Its context asks the client for one of the lab's authority where users may sign in with that.
        """
        disturbance = self.interference.certificate
        kind = self.settings.certificate if disturbance is None else disturbance.certificate
        reason: Certificate | str = kind if disturbance is None else disturbance
        # By identity: a disturbance that is switched on again, though equal to the last one, changes the certificate.
        if self._issued is None or self._issued[0] is not reason:
            self._issued = reason, self.authority().issue(kind, self.names)
            self._issued[1].context.load_verify_locations(cadata=self.authority().pem.decode())
        certificate = self._issued[1]
        asks = "certificate" in self.settings.schemes
        certificate.context.verify_mode = ssl.CERT_OPTIONAL if asks else ssl.CERT_NONE
        certificate.offer(self.settings.newest_tls)
        return certificate
