"""A support bundle never holds a password, and names only where the user agrees."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from core.estate.profiles import Profile
from core.jobs.journal_entry import Event
from core.redaction import redacted
from core.remoting.endpoint import Credential
from core.support import bundle
from core.support.log import Log, lines, note
from tests.gui.journal_samples import ENTRIES, REFUSAL, entry

PASSWORD = "k5\"Q\\<ü'>planted"
"""With everything that is written otherwise in JSON, XML and PowerShell."""
PROFILE = Profile(
    address="hv-secret.contoso.example", user_name="CONTOSO\\anna", group="Berlin", proxy="http://px:80", port=5987
)


def findings(folder: Path) -> bundle.Findings:
    """Everything with the password in it, wherever text can come from."""
    Credential("CONTOSO\\anna", PASSWORD)
    log = Log(folder)
    for detail in (f"The host said: {PASSWORD}", json.dumps({"answer": PASSWORD}), "Get-X -Password 'planted'"):
        note("failed", host="hv-secret.contoso.example", what="CmdletFailed", detail=f"{detail} 0x80070005 anna")
    log.close()
    # As a line may stand there that was written before the password was known.
    with (folder / "vmferry.log").open("a", encoding="utf-8") as file:
        file.write(json.dumps({"event": "failed", "what": "Early", "detail": PASSWORD}) + "\nno JSON\n")
    spoilt = entry(1, Event.ANSWERED, script=f"Set-X -Value {PASSWORD}", detail=PASSWORD, records=(REFUSAL,))
    return bundle.Findings({"VM Ferry": "1"}, lines(folder), (*ENTRIES, spoilt), (PROFILE,))


def parts(file: Path) -> dict[str, str]:
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


@pytest.mark.parametrize("with_names", [True, False])
def test_no_password_is_ever_in_it(tmp_path: Path, with_names: bool) -> None:
    bundle.write(tmp_path / "bundle.zip", findings(tmp_path), with_names=with_names)
    whole = "".join(parts(tmp_path / "bundle.zip").values())
    assert "planted" not in whole
    assert "planted" not in (tmp_path / "vmferry.log").read_text(encoding="utf-8").split('"Early"')[0]
    for written in (PASSWORD, json.dumps(PASSWORD)[1:-1], json.dumps(PASSWORD, ensure_ascii=False)[1:-1]):
        assert written not in whole


def test_with_names_it_tells_what_happened(tmp_path: Path) -> None:
    bundle.write(tmp_path / "bundle.zip", findings(tmp_path), with_names=True)
    told = parts(tmp_path / "bundle.zip")
    assert set(told) == {"versions.json", "log.jsonl", "journal.jsonl", "servers.jsonl"}
    assert "hv-secret.contoso.example" in told["servers.jsonl"]
    assert "Move WEB01 to HV-02" in told["journal.jsonl"]
    assert json.loads(told["log.jsonl"].splitlines()[0])["what"] == "Early"
    for part in ("log.jsonl", "journal.jsonl", "servers.jsonl"):
        assert all(json.loads(line) for line in told[part].splitlines())


def test_without_names_it_holds_numbers_and_codes(tmp_path: Path) -> None:
    bundle.write(tmp_path / "bundle.zip", findings(tmp_path), with_names=False)
    told = parts(tmp_path / "bundle.zip")
    whole = "".join(told.values()).lower()
    for name in ("hv-secret", "contoso", "anna", "berlin", "web01", "app01", "hv-0", "px:80", "hvadmin"):
        assert name not in whole
    failed = [json.loads(line) for line in told["log.jsonl"].splitlines()][-1]
    assert (failed["what"], failed["host"], failed["codes"]) == ("CmdletFailed", "host-1", "0x80070005")
    entries = [json.loads(line) for line in told["journal.jsonl"].splitlines()]
    assert entries[1]["cmdlets"] == ["Get-VM", "Move-VM"]
    assert entries[-1]["errors"][0]["id"] == REFUSAL.error_id
    [server] = [json.loads(line) for line in told["servers.jsonl"].splitlines()]
    assert (server["address"], server["user_name"], server["proxy"], server["port"]) == ("host-1", "user-2", True, 5987)


def test_a_log_that_grows_is_cut_into_files_of_which_the_oldest_go(tmp_path: Path) -> None:
    log = Log(tmp_path, 2000)
    for number in range(200):
        note("failed", what=f"Number{number}")
    log.close()
    note("failed", what="TooLate")
    assert len(list(tmp_path.iterdir())) == 5
    kept = [line["what"] for line in lines(tmp_path)]
    assert kept == [f"Number{number}" for number in range(200 - len(kept), 200)]
    assert len(kept) > 60


def test_a_folder_that_cannot_be_made_keeps_nobody_from_work(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    log = Log(tmp_path / "file" / "log")
    note("failed", what="Nowhere")
    log.close()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Set-X -Password 'a b' -Name y", "Set-X -Password [hidden] -Name y"),
        ("password=abc, user=anna", "password=[hidden], user=anna"),
        ("Authorization: Negotiate TlRMTVNTUAAB", "Authorization: Negotiate [hidden]"),
        ('{"password": "a b"}', '{"password": [hidden]}'),
        ("-Pwd:x", "-Pwd:[hidden]"),
        ("The password of anna is not right.", "The password of anna is not right."),
    ],
)
def test_what_looks_like_a_secret_is_hidden(text: str, shown: str) -> None:
    assert redacted(text) == shown
