"""The certificate: shown fingerprint, no name of anything, the same again tomorrow, another one elsewhere."""

from __future__ import annotations

import getpass
import hashlib
import os
import socket
import ssl
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from magnitizdat.errors import LockedError
from magnitizdat.web.http.service import Service
from magnitizdat.web.http.tls import certificate_for, grouped
from magnitizdat.web.stand import Stand
from tests.fakes_web import only_these, running

NOW = datetime(2026, 5, 1, tzinfo=UTC)
WEB_KEY = bytes(range(32))


def made(names=("192.168.1.5", "localhost", "fe80::1%eth0"), *, now=NOW, web_key=WEB_KEY):
    return certificate_for(web_key, names, now=now)


def test_the_fingerprint_stays_until_the_year_is_over():
    assert made().fingerprint == made(now=datetime(2026, 12, 31, 23, tzinfo=UTC)).fingerprint
    assert made().fingerprint != made(now=datetime(2027, 1, 1, tzinfo=UTC)).fingerprint


def test_another_network_or_library_sees_another_key():
    others = [made(["192.168.1.6", "localhost"]), made(web_key=bytes(32))]
    keys = {each.key.private_numbers().private_value for each in (made(), *others)}
    assert len(keys) == 3


def test_it_says_addresses_and_nothing_else():
    certificate = made().certificate
    der = certificate.public_bytes(Encoding.DER).lower()
    words = {"magnitizdat", "mag", getpass.getuser(), socket.gethostname(), os.uname().nodename} - {"localhost", ""}
    for word in words:
        assert word.lower().encode() not in der or len(word) < 3, word
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert {str(each.value) for each in names} == {"192.168.1.5", "localhost", "fe80::1"}
    assert certificate.subject.rfc4514_string() == "CN=localhost"
    assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_it_is_valid_all_year():
    certificate = made().certificate
    assert certificate.not_valid_before_utc <= datetime(2026, 1, 1, tzinfo=UTC)
    assert certificate.not_valid_after_utc >= datetime(2027, 1, 31, tzinfo=UTC)


def test_no_secret_is_in_its_repr():
    assert "key" not in repr(made())


def test_a_fingerprint_can_be_compared_by_eye():
    lines = grouped(made().fingerprint)
    assert [len(line.split()) for line in lines] == [8, 8, 8, 8]


@pytest.fixture
def stand(service, sounds, monkeypatch):
    only_these(monkeypatch, sounds)
    return Stand(service, tls=True)


def test_the_handshake_shows_what_was_shown(stand):
    with running(stand):
        context = ssl.create_default_context()
        context.load_verify_locations(cadata=stand.certificate.certificate.public_bytes(Encoding.PEM).decode())
        with (
            socket.create_connection(("127.0.0.1", stand.port), timeout=60) as plain,
            context.wrap_socket(plain, server_hostname="127.0.0.1") as sealed,
        ):
            der = sealed.getpeercert(binary_form=True)
            assert sealed.version() == "TLSv1.3"
            sealed.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            assert sealed.recv(100).startswith(b"HTTP/1.1 404")
    assert hashlib.sha256(der).hexdigest() == stand.certificate.fingerprint.replace(":", "").lower()


def test_plain_http_at_a_sealed_port_gets_nothing(stand):
    with running(stand), socket.create_connection(("127.0.0.1", stand.port), timeout=60) as plain:
        plain.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert not plain.recv(100).startswith(b"HTTP")


def test_a_locked_library_has_no_certificate(music):
    with pytest.raises(LockedError):
        Stand(Service(music.library.directory), tls=True)
