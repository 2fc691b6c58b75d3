"""A certificate of the library's own making. It says an address and nothing else: no name of a program or a person.

Everything in it follows from the library's web key, the year and the addresses, so that nothing is stored and the
fingerprint stays. On another network it is another one: whoever watches two of them does not see one server twice.
"""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Iterable
from datetime import UTC, datetime
from secrets import token_hex
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from magnitizdat.disk.disk import Disk

_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the group of P-256. Source: FIPS 186-4, D.1.2.3."""
_NEVER = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
"""Source: RFC 5280, 4.1.2.5."""


class Certificate(NamedTuple):
    """A certificate and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, in pairs, as browsers show it."""
        return self.certificate.fingerprint(SHA256()).hex(":").upper()

    def __repr__(self) -> str:
        return "Certificate(…)"


def certificate_for(web_key: bytes, names: Iterable[str], *, now: datetime) -> Certificate:
    """The certificate of these addresses and names for the year of `now`, with a month before it and two after."""
    year, hosts = now.astimezone(UTC).year, sorted(set(names))
    about = f"{year} {' '.join(hosts)}".encode()
    number = int.from_bytes(_derived(web_key, b"key " + about, 48), "big") % (_ORDER - 1) + 1
    key = ec.derive_private_key(number, ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(int.from_bytes(_derived(web_key, b"serial " + about, 16), "big") | 1)
        .not_valid_before(datetime(year - 1, 12, 1, tzinfo=UTC))
        .not_valid_after(datetime(year + 1, 3, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([_general_name(host) for host in hosts]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    )
    return Certificate(builder.sign(key, SHA256(), ecdsa_deterministic=True), key)


def share_certificate(seed: bytes) -> Certificate:
    """The certificate of a share: its key alone counts, so there is no name in it, and no date that could pass."""
    key = ed25519.Ed25519PrivateKey.from_private_bytes(seed)
    nobody = x509.Name([])
    builder = (
        x509.CertificateBuilder()
        .subject_name(nobody)
        .issuer_name(nobody)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(1970, 1, 1, tzinfo=UTC))
        .not_valid_after(_NEVER)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    )
    return Certificate(builder.sign(key, None), key)


def server_context(made: Certificate, disk: Disk) -> ssl.SSLContext:
    """TLS 1.2 and 1.3 with this certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    passphrase = token_hex(32)  # OpenSSL reads files only: the key is in one sealed, and for a moment
    sealing = BestAvailableEncryption(passphrase.encode())
    pem = made.certificate.public_bytes(Encoding.PEM)
    pem += made.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, sealing)
    with disk.temporary("mag-") as folder:
        file = folder / "key.pem"
        disk.write_atomic(file, pem)
        context.load_cert_chain(file, password=passphrase)
    return context


def grouped(fingerprint: str) -> list[str]:
    """A fingerprint in lines that can be compared by eye."""
    pairs = fingerprint.split(":")
    return [" ".join(pairs[start : start + 8]) for start in range(0, len(pairs), 8)]


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host.partition("%")[0]))
    except ValueError:
        return x509.DNSName(host)


def _derived(web_key: bytes, about: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=b"tls " + about).derive(web_key)
