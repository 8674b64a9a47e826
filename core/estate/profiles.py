"""Connection profiles: how each host that the user has connected to is reached. No password is ever in them."""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

import msgspec

from core.estate.addresses import address_fault
from core.estate.connection import Connection, HostKey
from core.estate.practice import GROUP as PRACTICE
from core.language import _
from core.remoting.endpoint import Authentication, Credential, Endpoint, Scheme

SERVERS = "Servers"
"""The group of every real host in the estate."""

HTTP_PORT, HTTPS_PORT = 5985, 5986
CONFIGURATION = "Microsoft.PowerShell"

PasswordPlace: TypeAlias = Literal["key store", "ask", "account"]
"""In the system's key store; nowhere, so that it is asked for; or none is needed: the account of this session."""

Trust: TypeAlias = Literal["system", "file", "fingerprint"]
"""Which certificates are trusted: of the authorities of this computer, of those in a file, or just one."""

LONGEST_WAIT = 600
"""Seconds that a time-out may be set to."""
_LONGEST_LABEL = 100
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")
_PROXY = re.compile(r"http://[^\s/\\?#@]+?:\d{1,5}/?")
_CONFIGURATION_NAME = re.compile(r"[\w. -]{1,256}")


class ProfileFault(ValueError):
    """What is wrong with a profile: the ``field`` by its name, ``what`` and the ``cure`` in sentences."""

    def __init__(self, field: str, what: str, cure: str) -> None:
        super().__init__(what)
        self.field = field
        self.what = what
        self.cure = cure


class Profile(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """How one host is reached. Raises ProfileFault for what cannot be.

    ``name`` is how it is listed, its address when empty. Times are in seconds. What ``trust`` does not choose is of no
    meaning, and neither is the trust without https.
    """

    address: str
    name: str = ""
    scheme: Scheme = "http"
    port: int = HTTP_PORT
    authentication: Authentication = "negotiate"
    user_name: str = ""
    password_place: PasswordPlace = "key store"
    trust: Trust = "system"
    ca_file: str = ""
    fingerprint: str = ""
    certificate_file: str = ""
    certificate_key_file: str = ""
    configuration_name: str = CONFIGURATION
    is_read_only: bool = False
    proxy: str = ""
    operation_timeout: int = 20
    connect_timeout: int = 10
    group: str = ""

    def __post_init__(self) -> None:
        if (fault := _place_fault(self) or _sign_in_fault(self) or _advanced_fault(self)) is not None:
            raise fault

    @property
    def listed_name(self) -> str:
        """The name in the list."""
        return self.name or self.address

    @property
    def key(self) -> HostKey:
        """The key of its host in the estate."""
        return HostKey(SERVERS, self.listed_name)

    @property
    def needs_password(self) -> bool:
        """Whether there is a password to be known before anything can be sent."""
        return self.password_place != "account" and self.authentication != "certificate"

    def connection(self, password: str | None) -> Connection:
        """How the host is reached with ``password``, None as long as it is not known."""
        is_secure = self.scheme == "https"
        endpoint = Endpoint(
            self.listed_name,
            self.address,
            self.port,
            self.scheme,
            self.authentication,
            configuration_name=self.configuration_name,
            ca_file=self.ca_file if is_secure and self.trust == "file" else None,
            fingerprint=self.fingerprint if is_secure and self.trust == "fingerprint" else None,
            proxy=self.proxy or None,
            operation_timeout=self.operation_timeout,
            connect_timeout=self.connect_timeout,
        )
        if self.authentication == "certificate":
            credential = Credential(
                self.user_name, password or "", self.certificate_file or None, self.certificate_key_file or None
            )
        elif self.needs_password:
            credential = Credential(self.user_name, password)
        else:
            credential = Credential("", "")
        return Connection(SERVERS, endpoint, credential, is_read_only=self.is_read_only, folder=self.group)


class Profiles(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All profiles, in the order of the list, and the names of the groups. Raises ValueError for a name used twice."""

    profiles: tuple[Profile, ...] = ()
    groups: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        names = [profile.listed_name.casefold() for profile in self.profiles]
        if (twice := next((name for name in names if names.count(name) > 1), None)) is not None:
            raise ValueError(_("{host} is in the list already.").format(host=twice))
        for group in self.groups:
            if not group or (fault := group_fault(group)) is not None:
                raise ValueError(fault if group else _("A group needs a name."))
        known = {group.casefold() for group in self.groups}
        missing = dict.fromkeys(
            profile.group for profile in self.profiles if profile.group and profile.group.casefold() not in known
        )
        if missing:
            msgspec.structs.force_setattr(self, "groups", (*self.groups, *missing))

    def find(self, name: str) -> Profile | None:
        """The profile that is listed under ``name``, or None."""
        return next((each for each in self.profiles if each.listed_name.casefold() == name.casefold()), None)

    def kept(self, profile: Profile, instead_of: str | None = None) -> Profiles:
        """With ``profile``, in the place of the one that was listed as ``instead_of`` or is listed under its name."""
        former = self.find(instead_of or profile.listed_name)
        if former is None:
            return msgspec.structs.replace(self, profiles=(*self.profiles, profile))
        changed = tuple(profile if each is former else each for each in self.profiles)
        return msgspec.structs.replace(self, profiles=changed)

    def without(self, name: str) -> Profiles:
        """Without the profile that is listed under ``name``."""
        left = tuple(each for each in self.profiles if each.listed_name.casefold() != name.casefold())
        return msgspec.structs.replace(self, profiles=left)

    def moved(self, name: str, group: str) -> Profiles:
        """With one profile in another group; an empty one stands for none."""
        profile = self.find(name)
        return self if profile is None else self.kept(msgspec.structs.replace(profile, group=group))

    def with_group(self, group: str) -> Profiles:
        """With one more group. Raises ValueError for what cannot be its name."""
        if any(each.casefold() == group.casefold() for each in self.groups):
            return self
        return msgspec.structs.replace(self, groups=(*self.groups, group))

    def with_renamed_group(self, old: str, new: str) -> Profiles:
        """With another name for a group. Raises ValueError for what cannot be its name."""
        groups = dict.fromkeys(new if each == old else each for each in self.groups)
        return Profiles(self._regrouped(old, new), tuple(groups))

    def without_group(self, group: str) -> Profiles:
        """Without a group; its hosts stay, in none."""
        return Profiles(self._regrouped(group, ""), tuple(each for each in self.groups if each != group))

    def _regrouped(self, old: str, new: str) -> tuple[Profile, ...]:
        return tuple(msgspec.structs.replace(each, group=new) if each.group == old else each for each in self.profiles)


def group_fault(group: str) -> str | None:
    """What is wrong with ``group`` as the name of a group, in a sentence; None when nothing is."""
    if group.casefold() == PRACTICE.casefold():
        return _("The name {group} is taken by the practice lab.").format(group=group)
    if not _is_label(group):
        return _("The name of a group has one line and at most {count} characters.").format(count=_LONGEST_LABEL)
    return None


def _place_fault(profile: Profile) -> ProfileFault | None:
    if (fault := address_fault(profile.address)) is not None:
        cure = _("Type a name such as HV01 or hv01.contoso.example, or a network address. The port has its own field.")
        return ProfileFault("address", fault, cure)
    if not _is_label(profile.name):
        what = _("The name in the list has one line and at most {count} characters.").format(count=_LONGEST_LABEL)
        return ProfileFault("name", what, _("Shorten it, or leave the field empty."))
    if not 1 <= profile.port <= 65_535:
        return ProfileFault("port", _("A port is a number from 1 to 65535."), _("Correct the number."))
    if profile.group and (fault := group_fault(profile.group)) is not None:
        return ProfileFault("group", fault, _("Choose another name."))
    return None


def _sign_in_fault(profile: Profile) -> ProfileFault | None:
    kind = profile.authentication
    if kind in ("basic", "certificate") and profile.scheme != "https":
        what = _("This kind of sign-in is not safe over http: the password could be read on the way.")
        if kind == "certificate":
            what = _("A certificate can be shown over https only.")
        return ProfileFault("authentication", what, _("Use HTTPS, or choose another kind of sign-in."))
    if kind == "certificate":
        if not profile.certificate_file or not profile.certificate_key_file:
            what = _("Sign-in by certificate needs the files of the certificate and of its key.")
            return ProfileFault("certificate_file", what, _("Choose both files."))
        return None
    if profile.password_place == "account":
        if kind not in ("negotiate", "kerberos"):
            what = _("The account that is signed in here can be used with Negotiate and Kerberos only.")
            return ProfileFault("authentication", what, _("Choose one of these, or give a user name."))
        return None
    if not profile.user_name or not _is_label(profile.user_name):
        return ProfileFault(
            "user_name", _("No user name is given."), _("Fill in the field, such as DOMAIN\\user or user@domain.")
        )
    return None


def _advanced_fault(profile: Profile) -> ProfileFault | None:
    if profile.scheme == "https" and profile.trust == "file" and not profile.ca_file:
        what = _("No file with the trusted authorities is given.")
        return ProfileFault("ca_file", what, _("Choose the file, or trust the authorities of this computer."))
    if profile.fingerprint and not _FINGERPRINT.fullmatch(profile.fingerprint):
        what = _("This is not the SHA-256 fingerprint of a certificate.")
        return ProfileFault("fingerprint", what, _("Show the certificate of the server and trust it."))
    if profile.scheme == "https" and profile.trust == "fingerprint" and not profile.fingerprint:
        what = _("No certificate has been shown and trusted yet.")
        return ProfileFault("fingerprint", what, _("Show the certificate of the server and trust it."))
    if not _CONFIGURATION_NAME.fullmatch(profile.configuration_name):
        what = _("This cannot be the name of a session configuration.")
        return ProfileFault("configuration_name", what, _("The one of every Windows host is Microsoft.PowerShell."))
    if profile.proxy and not _PROXY.fullmatch(profile.proxy):
        what = _("This is not the address of an http proxy.")
        return ProfileFault("proxy", what, _("Type it like http://proxy.contoso.example:8080, or use none."))
    for field, seconds in (
        ("operation_timeout", profile.operation_timeout),
        ("connect_timeout", profile.connect_timeout),
    ):
        if not 1 <= seconds <= LONGEST_WAIT:
            what = _("A time-out is between 1 and {most} seconds.").format(most=LONGEST_WAIT)
            return ProfileFault(field, what, _("Correct the number."))
    return None


def _is_label(text: str) -> bool:
    return len(text) <= _LONGEST_LABEL and text == text.strip() and (text.isprintable() or not text)
