"""The certificate authority: made once, kept, renewed in time, for this machine alone."""

import ssl
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from include.sandbox.authority import AUTHORITY_LASTS, CERTIFICATE_LASTS, EXPIRING, Authority

MORNING = datetime(2026, 1, 5, 8, tzinfo=UTC)


def authority(folder: Path, now: datetime = MORNING) -> Authority:
    return Authority(folder, lambda: now)


def server(folder: Path, now: datetime = MORNING) -> x509.Certificate:
    pem = authority(folder, now).certificate().chain.read_bytes()
    return x509.load_pem_x509_certificates(pem)[0]


def test_it_is_made_once_and_found_again(tmp_path: Path) -> None:
    first = authority(tmp_path / "new").pem
    assert authority(tmp_path / "new").pem == first
    assert server(tmp_path / "new") == server(tmp_path / "new")


def test_a_certificate_is_renewed_before_it_expires(tmp_path: Path) -> None:
    before = server(tmp_path)
    later = MORNING + CERTIFICATE_LASTS - EXPIRING
    assert server(tmp_path, later) == before
    renewed = server(tmp_path, later + timedelta(minutes=1))
    assert renewed.not_valid_after_utc == later + timedelta(minutes=1) + CERTIFICATE_LASTS
    assert renewed.serial_number != before.serial_number


def test_an_authority_about_to_expire_is_replaced_with_all_it_signed(tmp_path: Path) -> None:
    before, pem = server(tmp_path), authority(tmp_path).pem
    late = MORNING + AUTHORITY_LASTS
    assert authority(tmp_path, late).pem != pem
    assert server(tmp_path, MORNING) != before


def test_what_is_no_certificate_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nonsense")
    (tmp_path / "ca.key").write_text("nonsense")
    assert authority(tmp_path).pem.startswith(b"-----BEGIN CERTIFICATE-----")


def test_its_keys_are_its_owners_alone(tmp_path: Path) -> None:
    authority(tmp_path).certificate()
    modes = {stat.S_IMODE(key.stat().st_mode) for key in tmp_path.glob("*.key")}
    assert modes == {0o600}


def test_whoever_trusts_it_trusts_it_for_this_machine_only(tmp_path: Path) -> None:
    ca = x509.load_pem_x509_certificate(authority(tmp_path).pem)
    here = ca.extensions.get_extension_for_class(x509.NameConstraints)
    names = {str(one.value) for one in here.value.permitted_subtrees or ()}
    assert here.critical
    assert names == {"localhost", "127.0.0.0/8", "::1/128"}


@pytest.mark.parametrize("name", ["localhost", "*.localhost", "127.0.0.1", "::1"])
def test_a_certificate_names_this_machine_in_every_way(tmp_path: Path, name: str) -> None:
    found = server(tmp_path).extensions.get_extension_for_class(x509.SubjectAlternativeName)
    assert name in {str(one.value) for one in found.value}


class Connection:
    """What a handshake shows of itself."""

    context: ssl.SSLContext | None = None


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("acme.my.localhost", True),
        ("ACME.localhost", True),
        ("localhost", False),
        ("../x.localhost", False),
        ("x/y.localhost", False),
        (".localhost", False),
        ("acme.example.com", False),
        (None, False),
    ],
)
def test_only_a_name_below_localhost_gets_a_certificate_of_its_own(
    tmp_path: Path, name: str | None, made: bool
) -> None:
    connection, context = Connection(), ssl.create_default_context()
    authority(tmp_path).present(connection, name, context)  # type: ignore[arg-type]
    assert (connection.context is not None) is made
    assert len(list(tmp_path.glob("name-*.pem"))) == made


def test_a_client_that_asks_for_ever_new_names_does_not_fill_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("include.sandbox.authority.MOST_NAMES", 2)
    here, context = authority(tmp_path), ssl.create_default_context()
    for number in range(5):
        here.present(Connection(), f"n{number}.localhost", context)  # type: ignore[arg-type]
    assert len(list(tmp_path.glob("name-*.pem"))) == 2
