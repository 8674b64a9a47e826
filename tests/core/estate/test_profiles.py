"""Profiles say how a host is reached, refuse what cannot be, and are kept and given away without a secret."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.estate.connection import HostKey
from core.estate.profile_exchange import added, exported, read_file
from core.estate.profile_store import ProfileStore
from core.estate.profiles import Profile, ProfileFault, Profiles
from core.kept_file import NotKept, Unreadable
from core.remoting.endpoint import Credential
from tests.core.remoting.simulated_host import on_a_loop, running_workers

USER = "CONTOSO\\admin"
PROFILE = Profile(address="hv01.contoso.example", user_name=USER)
FINGERPRINT = "ab" * 32


def profile(address: str, **fields: object) -> Profile:
    return msgspec.structs.replace(PROFILE, address=address, **fields)


def test_a_profile_becomes_a_connection() -> None:
    full = profile(
        "10.0.0.7",
        name="Berlin",
        scheme="https",
        port=5986,
        authentication="ntlm",
        trust="fingerprint",
        fingerprint=FINGERPRINT,
        ca_file="unused.pem",
        configuration_name="VMFerry",
        is_read_only=True,
        proxy="http://proxy:8080",
        operation_timeout=30,
        connect_timeout=5,
        group="Site A",
    )
    connection = full.connection("a secret")
    endpoint = connection.endpoint
    assert connection.key == full.key == HostKey("Servers", "Berlin")
    assert (endpoint.address, endpoint.port, endpoint.scheme) == ("10.0.0.7", 5986, "https")
    assert (endpoint.ca_file, endpoint.fingerprint) == (None, FINGERPRINT)
    assert (endpoint.configuration_name, endpoint.proxy) == ("VMFerry", "http://proxy:8080")
    assert (endpoint.operation_timeout, endpoint.connect_timeout) == (30, 5)
    assert (connection.is_read_only, connection.folder) == (True, "Site A")
    assert connection.credential == Credential(USER, "a secret")


def test_the_least_is_a_name_and_a_user() -> None:
    connection = PROFILE.connection(None)
    assert connection.endpoint.name == connection.endpoint.address == "hv01.contoso.example"
    assert connection.endpoint.proxy is None
    assert connection.credential == Credential(USER, None)


def test_the_account_that_is_signed_in_here_needs_neither_name_nor_password() -> None:
    mine = Profile(address="hv01", user_name=USER, password_place="account")
    assert not mine.needs_password
    assert mine.connection(None).credential == Credential("", "")


def test_a_certificate_takes_the_place_of_a_password() -> None:
    fields = {"scheme": "https", "authentication": "certificate", "certificate_file": "c", "certificate_key_file": "k"}
    assert profile("hv01", **fields).connection(None).credential == Credential(USER, "", "c", "k")


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("address", {"address": ""}),
        ("address", {"address": "http://hv01"}),
        ("name", {"name": "two\nlines"}),
        ("name", {"name": "x" * 101}),
        ("port", {"port": 0}),
        ("port", {"port": 65_536}),
        ("user_name", {"user_name": ""}),
        ("authentication", {"authentication": "basic"}),
        ("authentication", {"authentication": "certificate"}),
        ("certificate_file", {"authentication": "certificate", "scheme": "https"}),
        ("authentication", {"authentication": "ntlm", "password_place": "account"}),
        ("ca_file", {"scheme": "https", "trust": "file"}),
        ("fingerprint", {"scheme": "https", "trust": "fingerprint"}),
        ("fingerprint", {"fingerprint": "AB:CD"}),
        ("configuration_name", {"configuration_name": ""}),
        ("configuration_name", {"configuration_name": "a/b"}),
        ("proxy", {"proxy": "https://proxy:1"}),
        ("proxy", {"proxy": "proxy:8080"}),
        ("operation_timeout", {"operation_timeout": 0}),
        ("connect_timeout", {"connect_timeout": 601}),
        ("group", {"group": "practice"}),
        ("group", {"group": " x"}),
    ],
)
def test_what_cannot_be_is_refused_where_it_was_typed(field: str, fields: dict[str, object]) -> None:
    with pytest.raises(ProfileFault) as caught:
        msgspec.structs.replace(PROFILE, **fields)
    assert caught.value.field == field
    assert caught.value.what.endswith(".")
    assert caught.value.cure.endswith(".")


def test_profiles_are_changed_by_name() -> None:
    one, two = profile("hv01"), profile("hv02", group="Site B")
    profiles = Profiles().kept(one).kept(two)
    assert profiles.groups == ("Site B",)
    assert profiles.find("HV01") is one
    changed = profiles.kept(profile("hv01", port=1), instead_of="hv01")
    assert [each.port for each in changed.profiles] == [1, 5985]
    assert [each.address for each in changed.kept(profile("hv03"), instead_of="hv02").profiles] == ["hv01", "hv03"]
    with pytest.raises(ValueError, match="in the list already"):
        profiles.kept(profile("HV02"), instead_of="hv01")
    assert profiles.without("HV01").profiles == (two,)
    assert profiles.moved("hv01", "Site C").groups == ("Site B", "Site C")
    assert profiles.with_group("site b") is profiles
    renamed = profiles.with_renamed_group("Site B", "Hamburg")
    assert (renamed.groups, renamed.profiles[1].group) == (("Hamburg",), "Hamburg")
    left = profiles.without_group("Site B")
    assert (left.groups, left.profiles[1].group) == ((), "")
    for wrong in ("Practice", "", "two\nlines"):
        with pytest.raises(ValueError, match=r"group|practice"):
            profiles.with_group(wrong)


@on_a_loop
async def test_profiles_are_there_at_the_next_start(tmp_path: Path) -> None:
    async with running_workers(2) as workers:
        store, other = ProfileStore(tmp_path, workers), ProfileStore(tmp_path, workers)
        assert await store.load() == ()
        await store.update(lambda kept: kept.kept(profile("hv01")))
        await other.update(lambda kept: kept.kept(profile("hv02")))
        await store.update(lambda kept: kept.with_group("Site A"))
        again = ProfileStore(tmp_path, workers)
        assert await again.load() == ()
    assert [each.address for each in again.current.profiles] == ["hv01", "hv02"]
    assert again.current == store.current


@on_a_loop
async def test_what_cannot_be_saved_holds_for_this_run(tmp_path: Path) -> None:
    async with running_workers(2) as workers:
        store = ProfileStore(tmp_path, workers)
        (tmp_path / "profiles.json").write_bytes(b'{"schema": 99, "content": {}}')
        [note] = await store.load()
        assert "newer version" in note
        with pytest.raises(NotKept, match="newer version"):
            await store.update(lambda kept: kept.kept(PROFILE))
    assert store.current.profiles == (PROFILE,)
    assert (tmp_path / "profiles.json").read_bytes() == b'{"schema": 99, "content": {}}'


TEXT = st.text(st.characters(codec="utf-8", categories=("L", "N")), min_size=1, max_size=20)
PROFILES = st.builds(
    Profile,
    address=TEXT,
    name=TEXT | st.just(""),
    user_name=TEXT,
    port=st.integers(1, 65_535),
    is_read_only=st.booleans(),
    group=TEXT.filter(lambda text: text.casefold() != "practice") | st.just(""),
)


@given(st.lists(PROFILES, max_size=5, unique_by=lambda each: each.listed_name.casefold()))
def test_what_is_given_away_is_taken_whole(given_away: list[Profile]) -> None:
    profiles = Profiles(tuple(given_away))
    assert added(Profiles(), read_file(exported(profiles), Profiles())) == profiles


def test_there_is_no_field_for_a_secret() -> None:
    fields = set(Profile.__struct_fields__)
    assert not {field for field in fields if "secret" in field or "password" in field} - {"password_place"}


def test_an_import_leaves_what_is_listed_and_says_so() -> None:
    mine = profile("hv01", port=1)
    known = Profiles((mine,))
    found = read_file(exported(Profiles((profile("HV01"), profile("hv02")), ("Empty",))), known)
    assert found.notes == ("HV01 is in the list already.",)
    result = added(known, found)
    assert result.find("hv01") is mine
    assert result.find("hv02") == profile("hv02")
    assert result.groups == ("Empty",)


@pytest.mark.parametrize(
    "content",
    [
        b'{"schema": 1, "content": {"profiles": [{"address": "a b", "user_name": "u"}]}}',
        b'{"schema": 1, "content": {"profiles": [{"address": "a", "user_name": "u", "password": "x"}]}}',
        b'{"schema": 1, "content": {"profiles": [{"address": "a", "user_name": "u", "group": "Practice"}]}}',
        b'{"schema": 9, "content": {}}',
        b"{}",
        b"",
        b"# nothing but a comment",
        b"\x89PNG\r\n\x1a\n\x00\xff",
        b"x " * 3_000_000,
    ],
)
def test_what_is_no_list_of_servers_is_refused(content: bytes) -> None:
    with pytest.raises(Unreadable):
        read_file(content, Profiles())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_list_of_names_is_read(encoding: str) -> None:
    text = "# our hosts\nhv01, hv02;HV01\r\n\thv03.contoso.example  # the new one\nhv04\nhttp://hv05\n"
    found = read_file(text.encode(encoding), Profiles((profile("hv04"),)))
    assert found.names == ("hv01", "hv02", "hv03.contoso.example")
    assert found.notes[0].startswith("http://hv05 is the address of a web page")
    assert found.notes[1:] == ("hv04 is in the list already.",)
    result = added(Profiles(), found, profile("unused", group="Site A", password_place="ask"))
    assert [(each.address, each.group, each.password_place) for each in result.profiles] == [
        (name, "Site A", "ask") for name in found.names
    ]
