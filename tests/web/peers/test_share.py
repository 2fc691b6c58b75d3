"""Another laptop at the door: CODE opens what was chosen; all else has one answer, and no look at what is held."""

from __future__ import annotations

import base64
import hashlib
import shutil
import socket
import ssl
import subprocess

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from starlette.testclient import TestClient

from magnitizdat.formats.share_words import derive
from magnitizdat.formats.spool_paths import INDEX_PATH, blob_path, parse_blob
from magnitizdat.formats.tickets import parse_ticket
from magnitizdat.model import PIECE_LENGTH
from magnitizdat.ops.give.gathering import gather
from magnitizdat.web.http.hours import Hours
from magnitizdat.web.peers.share import Share
from magnitizdat.web.peers.ticket_port import TicketPort
from tests.fakes_library import NOW
from tests.web.peers.conftest import WORDS


class Untouched:
    """Nobody asks it anything."""

    def __getattr__(self, name: str) -> None:
        pytest.fail(f"somebody looked: {name}")


def longest(table) -> str:
    return max(table, key=lambda path: table[path].length)


def test_all_of_the_table_is_there_whole_and_in_ranges(laptop, share, table):
    client, code = laptop(), share.secret.code
    for path, served in table.items():
        whole = client.get(f"/{code}/{path}")
        assert (whole.status_code, whole.content) == (200, served.read_at(0, served.length)), path
    path, length = longest(table), table[longest(table)].length
    for span in ((0, 1), (0, PIECE_LENGTH), (PIECE_LENGTH, PIECE_LENGTH), (length - 7, 7), (5, 2 * PIECE_LENGTH)):
        start, end = span[0], sum(span)
        part = client.get(f"/{code}/{path}", headers={"range": f"bytes={start}-{end - 1}"})
        assert part.status_code == 206
        assert part.headers["content-range"] == f"bytes {start}-{min(end, length) - 1}/{length}"
        assert part.content == table[path].read_at(start, end - start)
    assert client.get(f"/{code}/{path}", headers={"range": f"bytes={length}-"}).status_code == 416
    assert client.head(f"/{code}/{path}").headers["content-length"] == str(length)


def test_no_other_code_and_nothing_else_of_the_library_is_there(laptop, share, library, table, monkeypatch):
    """Held or not, what was not chosen is missing in the same bytes, though nobody looked whether it is held."""
    everything = {file.path for file in gather(library, now=NOW).files}
    held = sorted(path for path in everything if parse_blob(path) and path not in table)
    assert held
    client, code = laptop(), share.secret.code
    monkeypatch.setattr(library, "index", Untouched())
    monkeypatch.setattr(library, "vault", Untouched())
    answers = {
        (found.status_code, found.content, tuple(found.headers.items()))
        for path in (*held, blob_path("0" * 64), "", "x", "labels/", "../key.age", "%2e%2e/key.age", f"{INDEX_PATH}/")
        for found in (client.get(f"/{code}/{path}"),)
    }
    other = derive("abandon ability able about above absent").code
    for path in (
        f"/{other}/{INDEX_PATH}",
        f"/{other}/x",
        f"/{code}",
        "/",
        "/favicon.ico",
        f"/{code.upper()}/x",
        "/é/x",
    ):
        found = client.get(path)
        answers.add((found.status_code, found.content, tuple(found.headers.items())))
    for verb in ("PUT", "POST", "DELETE", "OPTIONS", "PROPFIND"):
        found = client.request(verb, f"/{code}/{INDEX_PATH}")
        answers.add((found.status_code, found.content, tuple(found.headers.items())))
    assert len(answers) == 1
    assert next(iter(answers))[:2] == (404, b"")


def test_any_name_reaches_it(laptop, share):
    """An onion service's, or an address of another network: CODE is what counts."""
    for host in ("abc.onion", "[fe80::1]:8046", "10.0.0.1:8046", "localhost"):
        found = laptop().get(f"/{share.secret.code}/{INDEX_PATH}", headers={"host": host})
        assert found.status_code == 200


def test_after_its_hour_who_has_the_ticket_is_told_and_nobody_else(laptop, share, clock):
    client = laptop()
    clock.seconds += 5 * 3600
    assert client.get(f"/{share.secret.code}/{INDEX_PATH}").status_code == 410
    assert client.get(f"/{share.secret.code}/nothing").status_code == 410
    assert client.get(f"/{'a' * 26}/{INDEX_PATH}").status_code == 404


def test_its_ticket_says_where_it_listens_and_which_key_it_has(port, share):
    ticket = parse_ticket(str(port.ticket))
    assert ticket == port.ticket
    assert ticket.code == derive(WORDS).code
    port.begin()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection(ticket.addresses[0], timeout=60) as plain,
        context.wrap_socket(plain) as sealed,
    ):
        certificate = x509.load_der_x509_certificate(sealed.getpeercert(binary_form=True))
        assert sealed.version() == "TLSv1.3"
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert hashlib.sha256(key).digest() == ticket.pin
    assert certificate.subject.rfc4514_string() == ""


@pytest.mark.debian
@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_curl_agrees_about_the_pin(port, table):
    ticket = port.ticket
    port.begin()
    url = str(ticket).partition("#")[0] + INDEX_PATH
    for pin, code in ((ticket.pin, 0), (bytes(32), 90)):
        pinned = "sha256//" + base64.b64encode(pin).decode()
        said = subprocess.run(
            ["curl", "-sk", "--pinnedpubkey", pinned, url], capture_output=True, timeout=60, check=False
        )
        assert said.returncode == code
        assert code or said.stdout == table[INDEX_PATH].read_at(0, 1 << 20)


def test_a_name_goes_into_the_ticket_alone_and_it_listens_here(service, share):
    port = TicketPort(service, share, names=["abcdefghijklmnop.onion", "example.org:443"], port=0)
    assert list(map(str, port.ticket.addresses)) == [f"abcdefghijklmnop.onion:{port.port}", "example.org:443"]
    with socket.create_connection(("127.0.0.1", port.port), timeout=60):
        port.end()


def test_the_end_of_one_is_the_end_of_both(service, table):
    hours = Hours(service)
    port = TicketPort(service, Share(table, WORDS, hours), addresses=["127.0.0.1"], port=0).begin()
    hours.end()
    port.join()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port.port), timeout=60)


def test_without_keys_there_is_no_share(port, service):
    client = TestClient(port.app, base_url="https://127.0.0.1")
    service.let_go()
    assert client.get(f"/{port.ticket.code}/{INDEX_PATH}").status_code == 410
