"""What its label withdrew: by every way out the word of it travels on, and its music stays."""

from __future__ import annotations

from datetime import timedelta

import pytest

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import EXIT_DONE, UsageError
from magnitizdat.formats.spool_paths import blob_path
from magnitizdat.model import Silent
from magnitizdat.ops.dub.from_sources import dub_all, outcome
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.give.fill import StickWish, fill
from magnitizdat.ops.give.gathering import gather
from magnitizdat.ops.give.given import friends_lack
from magnitizdat.ops.give.giving_back import chosen
from magnitizdat.ops.give.open_spool import write_open
from magnitizdat.ops.give.rehearsing import rehearse
from magnitizdat.ops.give.table import Table
from magnitizdat.ops.labels.friends import add_friend, my_card
from magnitizdat.ops.labels.publish import publish
from magnitizdat.ops.places.spool import FolderSpool
from magnitizdat.ops.places.targets import FolderTarget
from tests.fakes_library import NOW, make_library, put_album
from tests.fakes_spool import publish_all, write_spool

LATER = NOW + timedelta(days=2)


@pytest.fixture
def mine(tmp_path):
    """Two albums of a label, one of them withdrawn, and one that nobody signed."""
    with make_library(tmp_path / "mine") as mine:
        gone, kept = (put_album(mine, title, lengths=(1000, 500))[0] for title in ("Gone", "Kept"))
        label = publish_all(mine, [gone, kept])
        publish(mine, ["Gone"], label, now=NOW, withdraw=True, reason="a wrong mix")
        put_album(mine, "Loose", lengths=(900,))
        yield mine


@pytest.fixture
def hers(tmp_path):
    with make_library(tmp_path / "hers") as hers:
        yield hers


def music_of(library, title):
    return {blob_path(file.sha256) for file in library.shelf.release(library.shelf.find(title).id).files()}


def stick(folder, library, **wish):
    told = []
    done = fill(library, folder, StickWish(**wish), now=LATER, disk=Disk(), tell=told.append, progress=Silent())
    return done, [str(each) for each in told]


def gathered(library, tmp_path):
    return {file.path for file in gather(library, now=NOW).files}


def of_its_label(library, tmp_path):
    return {file.path for file in gather(library, now=NOW, labels=list(library.shelf.labels()), quality="both").files}


def of_a_ticket(library, tmp_path):
    return set(Table(library, gather(library, now=NOW)))


def given_back(library, tmp_path):
    return set(chosen(library, [], now=NOW))


def of_a_mirror(library, tmp_path):
    write_open(library, gather(library, now=NOW), FolderTarget(tmp_path / "open", disk=Disk()))
    return {path.relative_to(tmp_path / "open").as_posix() for path in (tmp_path / "open").rglob("*")}


@pytest.mark.parametrize("way", [gathered, of_its_label, of_a_ticket, given_back, of_a_mirror])
def test_by_every_way_out_its_document_goes_and_its_music_stays(mine, tmp_path, way):
    paths = way(mine, tmp_path)
    assert not paths & music_of(mine, "Gone")
    assert paths >= music_of(mine, "Kept")
    (release,) = [view.release_id for view in mine.shelf.albums() if view.title == "Gone"]
    assert [path for path in paths if path.endswith(f".{release}.json")]


def test_who_never_had_it_hears_that_it_was_withdrawn_and_lacks_nothing(mine, hers, tmp_path):
    write_spool(mine, tmp_path / "open")
    report = dub(hers, FolderSpool(tmp_path / "open"), now=NOW)
    (label,) = [each for each in report.labels if each.withdrawn]
    assert [(each.title, each.reason) for each in label.withdrawn] == [("Gone", "a wrong mix")]
    assert report.missing == ()
    assert outcome(report).exit_code == EXIT_DONE
    assert hers.shelf.find("Kept").complete


def test_a_page_of_it_says_so_and_links_nothing(mine, tmp_path):
    write_spool(mine, tmp_path / "open")
    (page,) = [each for each in (tmp_path / "open").rglob("*.html") if "a wrong mix" in each.read_text()]
    assert "blobs/" not in page.read_text()


def test_the_plan_of_a_stick_has_no_place_for_it_and_says_why(mine, tmp_path):
    told = []
    wish = StickWish(size=1 << 20)
    for scope in ("near", "city"):
        plan = rehearse(
            mine,
            tmp_path / "stick",
            wish.__class__(size=wish.size, scope=scope),
            now=LATER,
            tell=told.append,
            progress=Silent(),
        )
        assert {each.title for each in plan.albums} == {"Kept", "Loose"}
        assert not plan.left_out
    assert any("«Gone» is withdrawn" in str(each) for each in told)


def test_who_asks_for_it_by_name_is_told_that_it_stays(mine, tmp_path):
    with pytest.raises(UsageError, match="asks not to pass it on"):
        chosen(mine, ["Gone"], now=NOW)
    with pytest.raises(UsageError, match="asks not to pass it on"):
        stick(tmp_path / "stick", mine, albums=("Gone",))
    done, _ = stick(tmp_path / "stick", mine, albums=("Gone", "Kept"))
    assert [(each.what, "asks not to pass it on" in str(each.reason)) for each in done.lacking] == [("Gone", True)]
    assert ["Gone" for each in chosen(mine, [], now=NOW).lacking] == ["Gone"]


def test_a_friend_who_had_it_hears_of_it_once(mine, hers, tmp_path):
    with make_library(tmp_path / "other") as other:
        label = publish_all(other, [put_album(other, "Gone", lengths=(1000,))[0]])
        add_friend(other, my_card(hers, name="Natalia"))
        stick(tmp_path / "one", other, friends=("natalia",))
        list(dub_all(hers, str(tmp_path / "one"), now=lambda: LATER))
        publish(other, ["Gone"], label, now=NOW, withdraw=True, reason="a wrong mix")
        done, told = stick(tmp_path / "two", other, new_for=("natalia",))
        assert done.outcome().exit_code == EXIT_DONE
        assert any("«Gone» is withdrawn" in each for each in told)
        assert friends_lack(other)[0].corrected == ()
        list(dub_all(hers, str(tmp_path / "two"), now=lambda: LATER))
    assert hers.shelf.find("Gone").withdrawn
    assert hers.shelf.find("Gone").complete
