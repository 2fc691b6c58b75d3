"""What a source says of itself spares questions, and decides nothing: as much comes as without it."""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.catalogue.documents import encode
from magnitizdat.catalogue.kinds import RELEASE, target_path
from magnitizdat.formats import spool_index
from magnitizdat.formats.spool_index import LabelHint
from magnitizdat.formats.spool_paths import INDEX_PATH, label_path
from magnitizdat.model import Card, Checkpoint
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.labels.friends import add_friend, my_card
from magnitizdat.ops.places.bucket import BucketSpool
from magnitizdat.ops.places.http import HttpSpool
from magnitizdat.ops.places.spool import FolderSpool
from tests.fakes_library import NOW, make_library
from tests.fakes_spool import FlakySpool, Liar, http_server, release_of


class Far(FlakySpool):
    """A folder that is asked as if it lay far away."""

    def __init__(self, folder):
        super().__init__(FolderSpool(folder))
        self.folder = folder

    def hints(self):
        return spool_index.hints((self.folder / INDEX_PATH).read_bytes())

    def asked(self):
        """Questions but for the list of labels."""
        return [each for each in self.questions if each != "labels"]


def say_of(folder, imprint, **said):
    """Put into its list what a spool says of one label."""
    path = folder / INDEX_PATH
    known = json.loads(path.read_bytes())["labels"] if path.exists() else []
    others = [each for each in known if each["imprint"] != imprint]
    path.write_text(json.dumps({"labels": [*others, {"imprint": imprint, "name": "", **said}]}))


def timestamp_of(folder, imprint):
    return hashlib.sha256((folder / label_path(imprint, "metadata/timestamp.json")).read_bytes()).hexdigest()


@pytest.fixture
def mine(tmp_path):
    with make_library(tmp_path / "mine") as library:
        yield library


@pytest.fixture
def liar(tmp_path):
    """A label of three albums."""
    made = Liar(tmp_path / "spool")
    for number in range(3):
        made.release(release_of([made.blob(b"music %d" % number)], f"Album {number}", number=number))
    return made


def id_of(number):
    return f"{number:032x}"


def test_where_nothing_is_new_one_question_is_enough_for_all_labels(mine, tmp_path):
    imprints = []
    for number in range(100):
        made = Liar(tmp_path / "spool", f"Label {number}")
        made.release(release_of([made.blob(b"music %d" % number)], f"Album {number}", number=number))
        say_of(made.folder, made.imprint, timestamp=timestamp_of(made.folder, made.imprint))
        imprints.append(made.imprint)
    assert dub(mine, FolderSpool(made.folder), now=NOW).releases == 100
    with http_server(made.folder, ranges=True) as address, closing(Counted(address)) as spool:
        report = dub(mine, spool, now=NOW)
    assert spool.asked == [INDEX_PATH]
    assert {each.imprint for each in report.labels if each.genuine} == set(imprints)
    assert (report.tracks, report.missing, report.already) == (0, (), 100)


class Counted(HttpSpool):
    """A web site that remembers what it was asked for."""

    def __init__(self, address):
        super().__init__(address)
        self.asked = []
        self.length = 0  # bytes of all but music

    def fetch(self, path, max_length):
        self.asked.append(path)
        content = super().fetch(path, max_length)
        self.length += len(content)
        return content

    def fetch_range(self, path, offset, length):
        self.asked.append(path)
        return super().fetch_range(path, offset, length)


def test_what_is_new_of_much_costs_little_beside_it(mine, tmp_path):
    """Of a thousand albums, some 100 GiB, and ten more: whatever lies there, its list is all that is read anew."""
    made = Liar(tmp_path / "spool")
    albums = [release_of([made.blob(b"music %d" % number)], f"Album {number}", number=number) for number in range(1010)]
    made.sign({target_path(RELEASE, each.id): encode(each) for each in albums[:1000]})
    assert dub(mine, FolderSpool(made.folder), now=NOW).releases == 1000
    made.sign({target_path(RELEASE, each.id): encode(each) for each in albums[1000:]})
    say_of(made.folder, made.imprint, timestamp=timestamp_of(made.folder, made.imprint))
    with http_server(made.folder, ranges=True) as address, closing(Counted(address)) as spool:
        assert dub(mine, spool, now=NOW).releases == 10
    papers = [each for each in spool.asked if not each.startswith("blobs/")]
    assert len(papers) == 10 + 5  # documents; the list of labels, the next root, timestamp, snapshot, list of albums
    assert spool.length <= 1 << 20


def test_what_is_not_named_is_not_asked_for(mine, liar):
    say_of(liar.folder, liar.imprint, releases=[id_of(1)])
    spool = Far(liar.folder)
    report = dub(mine, spool, now=NOW)
    assert [view.title for view in mine.shelf.albums()] == ["Album 1"]
    assert (report.labels[0].elsewhere, report.missing) == (2, ())
    documents = [each for each in spool.questions if "/targets/" in each and ".label." not in each]
    assert len(documents) == 1


def test_documents_are_on_their_way_several_at_a_time(mine, liar):
    """Each alone would take as long as the way there and back."""

    class Together(Far):
        abreast = 3
        all_asked = threading.Barrier(3)

        def fetch(self, path, max_length):
            if "/targets/" in path and ".label." not in path:
                self.all_asked.wait(60)
            return super().fetch(path, max_length)

    say_of(liar.folder, liar.imprint)
    assert dub(mine, Together(liar.folder), now=NOW).releases == 3


def test_of_a_label_that_says_nothing_new_only_what_is_lacking_is_asked_for(mine, liar):
    """More of it came to lie there, and its timestamp is the same."""
    say_of(liar.folder, liar.imprint, releases=[id_of(1)])
    dub(mine, Far(liar.folder), now=NOW)
    digest = timestamp_of(liar.folder, liar.imprint)
    say_of(liar.folder, liar.imprint, timestamp=digest, releases=[id_of(1), id_of(2)])
    spool = Far(liar.folder)
    assert dub(mine, spool, now=NOW).releases == 1
    assert [each.rsplit("/", 1)[0].split("/")[2:] for each in spool.asked() if "/metadata/" in each] == []
    assert len(spool.asked()) == 2  # one document, one file


def test_what_is_said_of_another_timestamp_hides_nothing(mine, liar):
    dub(mine, FolderSpool(liar.folder), now=NOW)
    say_of(liar.folder, liar.imprint, timestamp=timestamp_of(liar.folder, liar.imprint))
    liar.release(release_of([liar.blob(b"more")], "More", number=9))
    say_of(liar.folder, liar.imprint, timestamp=timestamp_of(liar.folder, liar.imprint))
    assert dub(mine, Far(liar.folder), now=NOW).releases == 1


def test_a_fork_that_waits_is_not_passed_over(mine, liar, tmp_path):
    shutil.copytree(liar.folder, tmp_path / "other")
    state = liar.state
    liar.release(release_of([liar.blob(b"first")], "First", number=8))
    dub(mine, FolderSpool(liar.folder), now=NOW)
    first, liar.folder, liar.state = liar.folder, tmp_path / "other", state
    liar.release(release_of([liar.blob(b"second")], "Second", number=9))
    assert dub(mine, FolderSpool(liar.folder), now=NOW).refused == 1
    say_of(first, liar.imprint, timestamp=timestamp_of(first, liar.imprint))
    assert dub(mine, Far(first), now=NOW).refused == 1


def test_whoever_was_told_of_newer_keys_asks(mine, liar):
    dub(mine, FolderSpool(liar.folder), now=NOW)
    say_of(liar.folder, liar.imprint, timestamp=timestamp_of(liar.folder, liar.imprint))
    told = Checkpoint(version=2, sha256="ab" * 32)
    recipient = my_card(mine, name="Me").recipient
    add_friend(mine, Card(name="Viktor", imprint=liar.imprint, recipient=recipient, checkpoint=told))
    spool = Far(liar.folder)
    assert dub(mine, spool, now=NOW).refused == 1
    assert any("2.root.json" in each for each in spool.questions)


def test_a_folder_is_asked_whatever_its_list_says(mine, liar):
    """Somebody may have copied another over it."""
    say_of(liar.folder, liar.imprint, releases=[])
    assert dub(mine, FolderSpool(liar.folder), now=NOW).releases == 3


def test_a_bucket_says_what_its_list_says(liar):
    import fsspec

    say_of(liar.folder, liar.imprint, timestamp="ab", releases=["1"])
    spool = BucketSpool(fsspec.filesystem("file"), str(liar.folder))
    assert spool.hints() == {liar.imprint: LabelHint("ab", frozenset({"1"}))}
    (liar.folder / INDEX_PATH).unlink()
    assert BucketSpool(fsspec.filesystem("file"), str(liar.folder)).hints() == {}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=12,
)
ENTRY = st.fixed_dictionaries(
    {"imprint": st.sampled_from(["a", "b"]) | JSON}, optional={"timestamp": JSON, "releases": JSON, "partly": JSON}
)


@given(content=st.binary(max_size=60) | st.lists(ENTRY | JSON).map(lambda said: json.dumps({"labels": said}).encode()))
def test_whatever_a_list_says_it_is_read(content):
    for said in spool_index.hints(content).values():
        assert isinstance(said.timestamp, str)
        assert said.releases is None or all(isinstance(each, str) for each in said.releases)


IDS = st.none() | st.frozensets(st.text(max_size=9))


@given(said=st.dictionaries(st.text(max_size=9), st.builds(LabelHint, st.text(max_size=9), IDS)))
def test_what_is_said_is_read_as_it_was_meant(said):
    entries = [
        {"imprint": imprint, "timestamp": hint.timestamp}
        | ({} if hint.releases is None else {"releases": sorted(hint.releases)})
        for imprint, hint in said.items()
    ]
    assert spool_index.hints(json.dumps({"labels": entries}).encode()) == said
