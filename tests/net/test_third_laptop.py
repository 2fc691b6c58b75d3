"""A mirror that is half gone, and a laptop beside it: a third one takes from both, each piece from who has it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from magnitizdat.disk.disk import Disk
from magnitizdat.library.library import Library
from magnitizdat.ops.dub.from_sources import dub_all
from magnitizdat.ops.give.gathering import gather
from magnitizdat.ops.give.open_spool import write_open
from magnitizdat.ops.give.table import Table
from magnitizdat.ops.labels import publish
from magnitizdat.ops.places.targets import open_target
from magnitizdat.web.http.hours import Hours
from magnitizdat.web.peers.share import Share
from magnitizdat.web.peers.ticket_port import TicketPort
from tests.fakes_library import NOW, contents_of, make_library, put_album
from tests.fakes_spool import publish_all
from tests.fakes_web import service_for
from tests.ops.give.test_mirror_recipes import nginx, recipes
from tests.web.peers.conftest import WORDS
from tests.weed import cluster

KEY = ("publisher", "choose-a-long-secret")

pytestmark = [pytest.mark.debian, pytest.mark.slow]


@contextmanager
def shared(library: Library) -> Iterator[str]:
    """A ticket to all of a library."""
    service = service_for(library)
    share = Share(Table(library, gather(library, now=NOW)), WORDS, Hours(service))
    port = TicketPort(service, share, addresses=["127.0.0.1"], port=0).begin()
    try:
        yield str(port.ticket)
    finally:
        port.end()
        port.join()


@pytest.mark.parametrize("stopped", [1, 2])
def test_a_cluster_with_stopped_volumes_and_another_laptop_serve_a_third(
    tmp_path, require_program, monkeypatch, stopped
):
    """One of three disks is off: nothing is lost. Two: what had both of its copies there comes from the laptop.

    The newest album lies on the laptop alone.
    """
    pytest.importorskip("s3fs").S3FileSystem.clear_instance_cache()
    with ExitStack() as ends:
        maker = ends.enter_context(make_library(tmp_path / "maker"))
        made = ends.enter_context(cluster(tmp_path / "weed", volumes=3, config=recipes("json")[0]))
        for name, value in zip(
            ("ENDPOINT_URL", "ACCESS_KEY_ID", "SECRET_ACCESS_KEY"), (made.address, *KEY), strict=True
        ):
            monkeypatch.setenv(f"AWS_{name}", value)
        put = [put_album(maker, f"{number}", lengths=(1_200_000, 400_000)) for number in range(6)]
        label = publish_all(maker, [album for album, _ in put[:5]])
        cargo = gather(maker, now=NOW, labels=[label], quality="both", along="own")
        write_open(maker, cargo, open_target("s3://tapes/zoopark", disk=Disk()))
        publish.publish(maker, [put[5][0]], label, now=NOW)
        for volume in made.volumes[:stopped]:
            volume.kill()
            volume.wait()
        ticket = ends.enter_context(shared(maker))
        server = recipes("nginx")[1].replace("http://192.168.1.20:8333", made.address)
        mirror = ends.enter_context(nginx(require_program("nginx"), tmp_path, server))
        third = ends.enter_context(make_library(tmp_path / "third"))
        reports = [each for _, each in dub_all(third, mirror, others=[ticket], now=lambda: NOW)]
        missing = [each for report in reports for each in report.missing]
        assert {each.what for each in missing} <= ({mirror.partition("#")[0]} if stopped == 2 else set())
        came = {view.title: contents_of(third, view.id) for view in third.shelf.albums()}
        assert came == {f"{number}": contents for number, (_, contents) in enumerate(put)}
