"""Several own labels of one library: what they sign does not tell that one person signs both."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from magnitizdat.catalogue.publisher import create_label
from magnitizdat.formats.spool_paths import INDEX_PATH
from magnitizdat.library.journal import LabelRow
from magnitizdat.ops.give.gathering import gather
from magnitizdat.ops.labels import copies, labels
from tests.fakes_library import NOW, make_library, put_album
from tests.fakes_spool import publish_all, write_spool

DAY = datetime(2026, 5, 1, tzinfo=UTC)
SECONDS = st.integers(0, 86_399).map(lambda second: DAY + timedelta(seconds=second))


def times(files: dict[str, bytes]) -> set[str]:
    """Whatever of these statements of a label is made of the time at which they were signed."""
    parts = [json.loads(body)["signed"] for name, body in files.items() if name.endswith(".json")]
    return {str(part.get(field, "")) for part in parts for field in ("expires", "x-signed-on")}


@given(first=SECONDS, second=SECONDS)
@settings(max_examples=25, deadline=None)
def test_what_is_signed_tells_the_day_and_not_the_second(first, second):
    assert times(create_label("Zoopark Tapes", now=first).state.files) == times(
        create_label("Nobody Knows", now=second).state.files
    )


def test_gaps_of_versions_of_two_labels_of_one_library_differ(tmp_path):
    with make_library(tmp_path / "library") as library:
        made = [labels.create(library, name, now=NOW)[0].imprint for name in ("Zoopark Tapes", "Nobody Knows")]
        gaps = [copies.versions_beyond(library, imprint) for imprint in made]
        assert gaps == [copies.versions_beyond(library, imprint) for imprint in made]
        assert gaps[0] != gaps[1]
        assert all(gap >= 1000 for gap in gaps)


def test_the_order_of_labels_on_a_reel_does_not_tell_which_are_own(tmp_path):
    with make_library(tmp_path / "library") as library:
        views = []
        for number in range(4):
            album, _ = put_album(library, f"Album {number}", lengths=(100,))
            views.append(publish_all(library, [album], f"{'ACEG'[number]}lbum house"))
        orders = set()
        for standing in ("own", "followed", "new"):
            with library.changes() as changes:
                row = LabelRow(**{**msgspec.structs.asdict(views[0]), "standing": standing})
                changes.row(row)
                changes.commit()
            cargo = gather(library, now=NOW)
            listed = [each["imprint"] for each in json.loads(cargo.read(INDEX_PATH, 0))["labels"]]
            written = [file.path.split("/")[1] for file in cargo.files if "/metadata/" in file.path]
            write_spool(library, tmp_path / standing)
            page = (tmp_path / standing / "index.html").read_text(encoding="utf-8")
            shown = tuple(sorted((view.name for view in views), key=page.index))
            orders.add((tuple(listed), tuple(dict.fromkeys(written)), shown))
        ((listed, written, shown),) = orders
        assert shown == tuple(sorted(shown))
        assert listed == written == tuple(sorted(view.imprint for view in views))
