"""Whether the source can sign in to the destination in the administrator's name: the second hop."""

from __future__ import annotations

from collections.abc import Iterator

from core.checks.finding import Finding, Passed
from core.checks.known import Unread
from core.estate.estate import Picture
from core.hyperv.computers import ComputerSystem, DirectoryAccount
from core.hyperv.states import Authentication
from core.language import _
from core.moving.checks.case import Case
from core.moving.delegation import FILE_SERVICE, MIGRATION_SERVICE, granting, services_of
from core.moving.fixes import use_kerberos
from core.moving.placement import ItemKind
from core.powershell.script import script
from core.wizards.wizard import Problem

CARRYING_CREDENTIALS = frozenset({"credssp", "basic"})
"""The kinds of sign-in after which a host holds credentials that reach further (the second is assumed)."""


def delegation(case: Case) -> Iterator[Finding]:
    """What the source's setting, the way this program signed in, and the directory imply for this pair of hosts."""
    outside = _outside_of_domain(case)
    if outside:
        yield outside
        return
    match case.source_inventory.host.virtual_machine_migration_authentication_type:
        case Authentication.CREDSSP:
            yield _credssp(case)
        case Authentication.KERBEROS:
            yield _kerberos(case)
        case _:
            what = _("How {source} signs in to other hosts for live migrations is not known.")
            yield Problem("destination", what.format(**case.names), _("Look at its Hyper-V settings."), is_warning=True)


def _outside_of_domain(case: Case) -> Problem | None:
    hosts = ((case.source, case.source_facts.computer), (case.destination, case.destination_facts.computer))
    for picture, computer in hosts:
        if isinstance(computer, ComputerSystem) and not computer.part_of_domain:
            return outside_of_domain(picture)
    return None


def outside_of_domain(picture: Picture) -> Problem:
    """That a host takes no part in live migrations: it can sign in to no other."""
    return Problem(
        "destination",
        _("{host} belongs to no domain: it can sign in to no other host for a migration.").format(
            host=picture.key.name
        ),
        _("Join the host to a domain, or move the machine by replica or by export."),
    )


def _credssp(case: Case) -> Finding:
    names = case.names | {"sign_in": case.source.connection.endpoint.authentication}
    if case.source.connection.endpoint.authentication in CARRYING_CREDENTIALS:
        return Passed(
            _("{source} uses CredSSP, and holds credentials for {destination} from the sign-in by {sign_in}.").format(
                **names
            )
        )
    return Problem(
        "destination",
        _(
            "{source} uses CredSSP for live migrations, but the sign-in by {sign_in} leaves it no credentials for"
            " {destination}."
        ).format(**names),
        _(
            "Let {source} use Kerberos and allow the hosts to delegate to each other with the script, or connect to"
            " {source} with CredSSP."
        ).format(**names),
        fix=use_kerberos(case.source.key),
        script=_script(case),
    )


def _kerberos(case: Case) -> Finding:
    account = case.source_facts.account
    if isinstance(account, Unread) and isinstance(case.destination_facts.account, DirectoryAccount):
        account = case.destination_facts.account
    if isinstance(account, Unread):
        return _unknown(case, account)
    missing = [service for service in _needed(case) if not _allows(account, service, case)]
    if missing:
        what = _("The computer account of {source} may not delegate to {destination} for {services}.")
        return _not_allowed(case, what.format(services=", ".join(missing), **case.names))
    system = case.source_facts.system
    is_old = not isinstance(system, Unread) and system.delegates_by_kerberos_alone
    if not account.any_protocol and not is_old:
        what = _("The computer account of {source} may delegate to {destination} with Kerberos only.")
        return _not_allowed(case, what.format(**case.names))
    return Passed(_("The computer account of {source} may delegate to {destination}.").format(**case.names))


def _not_allowed(case: Case, what: str) -> Problem:
    return Problem(
        "destination",
        what,
        _(
            "Let an administrator of the domain run the script. It takes effect within 15 minutes, when the hosts get"
            " new tickets."
        ),
        script=_script(case),
    )


def _unknown(case: Case, unread: Unread) -> Problem:
    what = _("Whether the computer account of {source} may delegate to {destination} is not known.")
    if case.was_compared:
        what = _(
            "{source} reached {destination} in your name. Whether its computer account may delegate everything that"
            " a move needs is not known."
        )
    reason = " ".join(unread.reason.split())
    return Problem(
        "destination",
        what.format(**case.names) + " " + reason,
        _("If the move fails for want of credentials, let an administrator of the domain run the script."),
        is_warning=True,
        script=_script(case),
    )


def _needed(case: Case) -> tuple[str, ...]:
    copies = any(item.kind is ItemKind.DISK for item in case.move.placement.moved)
    return (MIGRATION_SERVICE, FILE_SERVICE) if copies else (MIGRATION_SERVICE,)


def _allows(account: DirectoryAccount, service: str, case: Case) -> bool:
    """Whether the account may delegate to the service, by the short or by the full name of the destination."""
    wanted = {name.lower() for name in services_of(case.move.destination.name, service)}
    return bool(wanted & account.services)


def _script(case: Case) -> str:
    return script(granting(((case.move.source.name, case.move.destination.name),)))
