"""The recipes of docs/serve.md as they stand there: real proxies in front of a real server."""

from __future__ import annotations

import http.client
import socket
import ssl
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from starlette.responses import JSONResponse

from magnitizdat.web.http import doors
from magnitizdat.web.http.routes import ANYBODY, Endpoint
from magnitizdat.web.http.sessions import Sessions
from magnitizdat.web.http.tls import certificate_for
from magnitizdat.web.stand import Stand
from tests.fakes_library import PASSPHRASE
from tests.fakes_web import BEGIN, only_these, running
from tests.test_docs import ROOT, blocks

NAME = "music.example.org"
PAGE = ROOT / "docs" / "serve.md"

pytestmark = pytest.mark.debian


def recipe(language: str) -> str:
    ((_, text),) = blocks(PAGE, language)
    return text


def seen(request, _service):
    return JSONResponse({"peer": request.state.peer})


@pytest.fixture
def stand(service, sounds, monkeypatch):
    only_these(monkeypatch, sounds, Endpoint("/seen", ("GET", "POST"), seen, ANYBODY, doors.OPEN))
    with running(Stand(service, names=[NAME], base_path="/music")) as stand:
        yield stand


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


def ask(port: int, method: str, path: str, *, body: str | None = None, **headers: str):
    """One request by TLS to the proxy: (status, headers, body). Whose certificate it is does not matter here."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    connection = http.client.HTTPSConnection(NAME, port, timeout=60, context=context)
    plain = socket.create_connection(("127.0.0.1", port), timeout=60)
    connection.sock = context.wrap_socket(plain, server_hostname=NAME)
    shown = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, {"Host": f"{NAME}:{port}", **shown})
    answer = connection.getresponse()
    found = answer.status, dict(answer.getheaders()), answer.read()
    connection.close()
    return found


@contextmanager
def program(command: list[str], port: int, **options):
    """A proxy, once it answers on its port."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options) as child:
        try:
            for _ in range(1200):
                assert child.poll() is None, child.stdout.read().decode()
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                    break
                except OSError:
                    time.sleep(0.05)
            yield
        finally:
            child.terminate()


def check_through(port: int, stand: Stand, music) -> None:
    """Page, session, music, seeking, and what is known of the peer."""
    status, _, page = ask(port, "GET", "/music/", accept="text/html")
    assert (status, b'action="/music/unlock"' in page) == (404, True)
    once = stand.service.only(Sessions.of).link()
    status, headers, _ = ask(port, "GET", f"/music/enter?once={once}")
    lowered = {name.lower(): value for name, value in headers.items()}
    assert status == 200
    assert "Path=/music/" in lowered["set-cookie"]
    assert lowered["cache-control"] == "no-store"
    cookie = lowered["set-cookie"].partition(";")[0]
    assert ask(port, "GET", "/music/sound/0", cookie=cookie)[2] == music.contents[0]
    status, headers, part = ask(port, "GET", "/music/sound/0", cookie=cookie, range="bytes=2000000-2000009")
    assert (status, part) == (206, music.contents[0][2_000_000:2_000_010])
    assert ask(port, "GET", "/music/sound/0")[0] == 404
    assert ask(port, "GET", "/music/seen", x_forwarded_for="10.9.9.9")[2] == b'{"peer":"127.0.0.1"}'
    assert ask(port, "POST", "/music/seen", origin=f"https://{NAME}:{port}", sec_fetch_site="same-origin")[0] == 200
    assert ask(port, "POST", "/music/seen", origin="https://evil.example")[0] == 404
    form = {"content-type": "application/x-www-form-urlencoded"}
    entered = ask(port, "POST", "/music/unlock", body=f"passphrase={PASSPHRASE.replace(' ', '+')}", **form)
    assert entered[0] == 200


def test_nginx(stand, music, tmp_path, require_program):
    nginx, port = require_program("nginx"), free_port()
    made = certificate_for(bytes(32), [NAME], now=BEGIN)
    pem = made.certificate.public_bytes(Encoding.PEM)
    pem += made.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "music.pem").write_bytes(pem)
    server = recipe("nginx").replace("443", f"127.0.0.1:{port}").replace("127.0.0.1:4545", f"127.0.0.1:{stand.port}")
    server = server.replace("/etc/ssl/private", str(tmp_path))
    places = "".join(f"{kind}_temp_path {tmp_path};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (tmp_path / "nginx.conf").write_text(
        f"daemon off; pid {tmp_path}/pid; error_log stderr; events {{}} http {{ {places}\n{server} }}"
    )
    with program([nginx, "-p", str(tmp_path), "-e", "stderr", "-c", str(tmp_path / "nginx.conf")], port):
        check_through(port, stand, music)


def test_caddy(stand, music, tmp_path, require_program):
    caddy, port = require_program("caddy"), free_port()
    site = recipe("caddyfile").replace(f"{NAME} {{", f"https://{NAME}:{port} {{\n\tbind 127.0.0.1")
    site = site.replace("127.0.0.1:4545", f"127.0.0.1:{stand.port}")
    alone = "{\n\tadmin off\n\tlocal_certs\n\tskip_install_trust\n\tauto_https disable_redirects\n}\n"
    (tmp_path / "Caddyfile").write_text(alone + site)
    home = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data"), "XDG_CONFIG_HOME": str(tmp_path / "config")}
    command = [caddy, "run", "--config", str(tmp_path / "Caddyfile"), "--adapter", "caddyfile"]
    with program(command, port, env=home):
        check_through(port, stand, music)


def test_systemd(tmp_path, require_program):
    analyze = require_program("systemd-analyze")
    stand_in = tmp_path / "mag"
    stand_in.write_text("#!/bin/sh\n")
    stand_in.chmod(0o755)
    unit = tmp_path / "music.service"
    unit.write_text(recipe("ini").replace("%h/.local/bin/mag", str(stand_in)))
    done = subprocess.run([analyze, "verify", unit], capture_output=True, check=False, env={"HOME": str(tmp_path)})
    said = [line for line in done.stderr.decode().splitlines() if Path(unit).name in line]
    assert (done.returncode, said) == (0, [])
