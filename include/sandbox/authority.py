"""A certificate authority of the sandbox's own, for clients that speak nothing but HTTPS.

It is made once and kept in a folder, so that a client trusts it once. It can only vouch for
this machine (localhost, names below it, the loopback addresses): whoever trusts it opens
nothing to anybody else. The server's certificate is made anew when it is about to expire,
and one for any `name.localhost` when a client asks for that name.
"""

import re
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NAMES = ("localhost", "*.localhost", "127.0.0.1", "::1")
AUTHORITY_LASTS = timedelta(days=3650)
CERTIFICATE_LASTS = timedelta(days=365)
EXPIRING = timedelta(days=30)
"""What has less than this left is made anew."""
SKEW = timedelta(hours=1)
"""How far a client's clock may be behind."""
MOST_NAMES = 200
"""Certificates for names below localhost that are made at most."""

_BELOW_LOCALHOST = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+localhost")

Key = ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate with the authority's behind it, and its key, as files."""

    chain: Path
    key: Path


@dataclass(slots=True)
class Authority:
    """Makes certificates for this machine and keeps them in a folder."""

    folder: Path
    now: Callable[[], datetime]
    _presented: dict[str, ssl.SSLContext] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make the authority unless the folder has one that lasts; raises OSError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        known = _read(self._path("ca"))
        if known is None or _expires(known[0], self.now()):
            self._make_authority()

    @property
    def pem(self) -> bytes:
        """The authority's certificate, which clients have to trust."""
        return self._path("ca").chain.read_bytes()

    def certificate(self) -> Certificate:
        """The server's certificate, made now if there is none that lasts."""
        return self._certificate("server", NAMES)

    def present(self, connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
        """Show a client that asks for `name.localhost` a certificate for just that name.

        A wildcard does not do: clients want at least two labels behind the star.
        """
        if name and (context := self._context(name.lower())):
            connection.context = context

    def _context(self, name: str) -> ssl.SSLContext | None:
        known = name in self._presented or len(self._presented) >= MOST_NAMES
        if not known and len(name) < 200 and _BELOW_LOCALHOST.fullmatch(name):
            made = self._certificate(f"name-{name}", (name,))
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(made.chain, made.key)
            self._presented[name] = context
        return self._presented.get(name)

    def _make_authority(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = _named("CRM sandbox: certificate authority")
        builder = _builder(name, name, key, self.now(), AUTHORITY_LASTS)
        for extension, critical in _authority_says(key):
            builder = builder.add_extension(extension, critical=critical)
        _write(self._path("ca"), [builder.sign(key, hashes.SHA256())], key)

    def _certificate(self, stem: str, names: Sequence[str]) -> Certificate:
        ca = _read(self._path("ca"))
        if ca is None:
            raise OSError(f"{self.folder} lost its certificate authority")
        issuer, issuer_key = ca
        place = self._path(stem)
        known = _read(place)
        if known and not _expires(known[0], self.now()) and _signed(known[0], issuer):
            return place
        key = ec.generate_private_key(ec.SECP256R1())
        builder = _builder(
            _named(f"CRM sandbox: {names[0]}"), issuer.subject, key, self.now(), CERTIFICATE_LASTS
        )
        for extension, critical in _server_says(key, issuer_key, names):
            builder = builder.add_extension(extension, critical=critical)
        _write(place, [builder.sign(issuer_key, hashes.SHA256()), issuer], key)
        return place

    def _path(self, stem: str) -> Certificate:
        return Certificate(self.folder / f"{stem}.pem", self.folder / f"{stem}.key")


Says = list[tuple[x509.ExtensionType, bool]]


def _authority_says(key: Key) -> Says:
    here = [
        x509.DNSName("localhost"),
        x509.IPAddress(ip_network("127.0.0.0/8")),
        x509.IPAddress(ip_network("::1/128")),
    ]
    return [
        (x509.BasicConstraints(ca=True, path_length=0), True),
        (_usage(signs_certificates=True), True),
        (x509.NameConstraints(permitted_subtrees=here, excluded_subtrees=None), True),
        (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
    ]


def _server_says(key: Key, issuer: Key, names: Sequence[str]) -> Says:
    by = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key())
    return [
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (_usage(signs_certificates=False), True),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False),
        (x509.SubjectAlternativeName([_general(name) for name in names]), False),
        (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
        (by, False),
    ]


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, key: Key, now: datetime, lasts: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - SKEW)
        .not_valid_after(now + lasts)
    )


def _named(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common[:64])])


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _expires(certificate: x509.Certificate, now: datetime) -> bool:
    return certificate.not_valid_after_utc - now < EXPIRING


def _signed(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except Exception:  # noqa: BLE001  whatever is wrong with it, a new one is made
        return False
    return True


def _read(place: Certificate) -> tuple[x509.Certificate, Key] | None:
    """What lies in the folder; a file that is no certificate counts as none."""
    try:
        certificate = x509.load_pem_x509_certificate(place.chain.read_bytes())
        key = serialization.load_pem_private_key(place.key.read_bytes(), None)
    except (OSError, ValueError):
        return None
    return (certificate, key) if isinstance(key, Key) else None


def _write(place: Certificate, chain: Sequence[x509.Certificate], key: Key) -> None:
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    place.key.touch(mode=0o600)
    place.key.write_bytes(private)
    pem = [one.public_bytes(serialization.Encoding.PEM) for one in chain]
    place.chain.write_bytes(b"".join(pem))
