"""The account under which a host itself reaches shares, for exports and imports (known)."""

from __future__ import annotations

from core.hyperv.records import Host
from core.language import _


def computer_account(host: Host) -> str:
    """The computer account of ``host``, with its domain where it is in one: ``contoso.com\\HV-01$``.

    Windows takes the DNS name of a domain before an account's name (documentation of LookupAccountName).
    """
    _name, dot, domain = host.fully_qualified_domain_name.partition(".")
    account = f"{host.name}$"
    return f"{domain}\\{account}" if dot else account


def rights_on_share(host: Host) -> str:
    """What lets a host write to a share, in sentences."""
    account = computer_account(host)
    if "\\" not in account:
        told = _("{host} is in no domain: other computers know no account of it. Choose a folder on a drive of it.")
        return told.format(host=host.name)
    told = _("Give {account} the right Change in the share's permissions, and Modify in those of the folder behind it.")
    return told.format(account=account)
