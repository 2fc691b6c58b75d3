"""The recipes of docs/mirrors.md as they stand there: nginx before a folder, and before a cluster with a dead disk."""

from __future__ import annotations

import subprocess
import urllib.request
from contextlib import contextmanager

import pytest

from magnitizdat.disk.disk import Disk
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.give.checked import check_open
from magnitizdat.ops.give.gathering import gather
from magnitizdat.ops.give.open_spool import write_open
from magnitizdat.ops.labels import publish
from magnitizdat.ops.places.remote import open_remote
from magnitizdat.ops.places.targets import FolderTarget, open_target
from tests.fakes_library import NOW, contents_of, make_library, put_album
from tests.fakes_spool import publish_all
from tests.test_docs import ROOT, blocks
from tests.weed import cluster, free_ports, until

PAGE = ROOT / "docs" / "mirrors.md"

pytestmark = pytest.mark.debian


def recipes(language):
    return [text for _, text in blocks(PAGE, language)]


@pytest.fixture
def library(tmp_path):
    with make_library(tmp_path / "maker") as made:
        yield made


def certificate(folder):
    """The manual's own lines: a certificate, and the pin of its key."""
    [made, pin, _] = next(text for text in recipes("sh") if text.startswith("openssl")).strip().splitlines()
    subprocess.run(["bash", "-euc", made], cwd=folder, check=True, capture_output=True)
    shown = subprocess.run(["bash", "-eu", "-o", "pipefail", "-c", pin], cwd=folder, check=True, capture_output=True)
    return shown.stdout.decode().strip()


@contextmanager
def nginx(program, folder, server):
    """nginx with this server, once it answers: its address, with the pin."""
    pin, [port] = certificate(folder), free_ports(1)
    for old, new in {
        "listen 443": f"listen 127.0.0.1:{port}",
        "listen [::]:443 ssl;": "",
        "/etc/nginx": str(folder),
        "/srv/mirror": str(folder / "mirror"),
    }.items():
        server = server.replace(old, new)
    places = "".join(f"{kind}_temp_path {folder};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (folder / "nginx.conf").write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log stderr; events {{}} http {{ {places}\n{server} }}"
    )
    command = [program, "-p", str(folder), "-e", "stderr", "-c", str(folder / "nginx.conf")]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as child:
        try:
            until((folder / "pid").is_file, "nginx")
            yield f"https://127.0.0.1:{port}/#pin={pin}"
        finally:
            child.terminate()


def heard(folder, address):
    with make_library(folder) as listener:
        report = dub(listener, open_remote(address), now=NOW)
        assert (report.refused, report.missing) == (0, ())
        return {view.title: contents_of(listener, view.id) for view in listener.shelf.albums()}


def test_a_folder_behind_nginx(library, tmp_path, require_program):
    album, contents = put_album(library, lengths=(3_000_000, 10))
    label = publish_all(library, [album])
    write_open(library, gather(library, now=NOW, labels=[label]), FolderTarget(tmp_path / "mirror", disk=Disk()))
    with nginx(require_program("nginx"), tmp_path, recipes("nginx")[0]) as address:
        assert list(heard(tmp_path / "listener", address).values()) == [contents]


def test_a_cluster_with_a_dead_disk_behind_nginx(library, tmp_path, require_program, monkeypatch):
    s3fs = pytest.importorskip("s3fs")
    s3fs.S3FileSystem.clear_instance_cache()
    first, contents = put_album(library, "First", lengths=(2_500_000, 10))
    label = publish_all(library, [first])

    def cargo():
        return gather(library, now=NOW, labels=[label], quality="both", along="own")

    with cluster(tmp_path / "weed", volumes=3, config=recipes("json")[0]) as made:
        for name, value in {
            "ENDPOINT_URL": made.address,
            "ACCESS_KEY_ID": "publisher",
            "SECRET_ACCESS_KEY": "choose-a-long-secret",
        }.items():
            monkeypatch.setenv(f"AWS_{name}", value)
        place = "s3://tapes/zoopark"
        write_open(library, cargo(), open_target(place, disk=Disk()))
        assert check_open(cargo(), open_target(place, disk=Disk())).missing == ()
        with urllib.request.urlopen(f"{made.address}/tapes/zoopark/index.html", timeout=60) as page:
            assert page.headers["Content-Type"].startswith("text/html")
        made.volumes[0].kill()
        second, more = put_album(library, "Second", lengths=(1_500_000,))
        publish.publish(library, [second], label, now=NOW)
        write_open(library, cargo(), open_target(place, disk=Disk()))
        assert check_open(cargo(), open_target(place, disk=Disk())).missing == ()
        server = recipes("nginx")[1].replace("http://192.168.1.20:8333", made.address)
        with nginx(require_program("nginx"), tmp_path, server) as address:
            assert heard(tmp_path / "listener", address) == {"First": contents, "Second": more}
