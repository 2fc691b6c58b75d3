"""What we sign: for our own readers, for the stock client, and for whoever finds the paper."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tuf.api.exceptions import DownloadHTTPError
from tuf.ngclient import FetcherInterface, Updater

from magnitizdat.catalogue.documents import LABEL_PATH, MAX_LABEL_LENGTH, LabelDocument, decode, encode
from magnitizdat.catalogue.forks import choose, freeze
from magnitizdat.catalogue.kinds import target_path
from magnitizdat.catalogue.publisher import (
    RESTORED_SKIP,
    LabelKeys,
    NewLabel,
    create_label,
    paper_seed,
    paper_words,
    publish,
    restore,
)
from magnitizdat.catalogue.refresh import LabelState, label_state, refresh, review, stored_path
from magnitizdat.catalogue.succession import succession
from magnitizdat.errors import (
    DamagedError,
    ForkError,
    NotFoundError,
    NotVerifiedError,
    RolledBackError,
    UsageError,
    WrongPassphraseError,
)
from magnitizdat.model import Release
from tests.fakes_tuf import NOW

RELEASE = Release(id="45" * 16, title="45", artist="Виктор")
PATH = target_path("release", RELEASE.id)


class Stick:
    """Files of one label, as a spool holds them."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = dict(files)

    def fetch(self, name: str, max_length: int) -> bytes:
        try:
            return self.files[f"metadata/{name}"][:max_length]
        except KeyError as exc:
            raise NotFoundError(name) from exc

    def dub(self, state: LabelState) -> LabelState:
        return refresh(state, self.fetch, now=NOW).state


@pytest.fixture(scope="module")
def label() -> NewLabel:
    return create_label("Zoopark Tapes", now=NOW, language="ru", aliases=["Зоопарк"])


# -- birth ------------------------------------------------------------------------------------------------------------


def test_a_label_is_born_one_of_two(label):
    found = succession(label.state)
    assert (found.keys, found.threshold, found.standing, found.exposed) == (2, 1, "sound", False)
    assert "1 may be lost" in found.sentence
    assert len(label.paper_words.split()) == 24
    assert label.imprint.startswith("mag1")
    assert len(label.imprint) == 62
    verdict = review(label.state, now=NOW)
    assert (verdict.freshness.version, verdict.freshness.signed_on) == (1, "2030-06-01")
    document = decode(LabelDocument, label.files[verdict.targets[LABEL_PATH].stored_path], max_length=MAX_LABEL_LENGTH)
    assert (document.name, document.language, document.aliases) == ("Zoopark Tapes", "ru", ("Зоопарк",))


def test_two_labels_of_one_name_share_nothing(label):
    other = create_label("Zoopark Tapes", now=NOW)
    assert other.imprint != label.imprint
    assert other.paper_words != label.paper_words
    assert other.keys != label.keys


@pytest.mark.parametrize(("trustees", "threshold"), [(3, 3), (1, 1), (3, 0), (3, 4), (0, 2), (2, -1)])
def test_a_birth_that_one_lost_key_could_end_is_refused(trustees, threshold):
    with pytest.raises(UsageError):
        create_label("x", now=NOW, trustees=trustees, threshold=threshold)


@pytest.mark.parametrize("name", ["", "x" * 513])
def test_a_name_has_to_fit(name):
    with pytest.raises(UsageError, match="cannot be signed"):
        create_label(name, now=NOW)


def test_every_file_stands_where_any_tuf_client_looks(label):
    made = publish(label.state, label.keys, {PATH: encode(RELEASE)}, now=NOW)
    assert set(label.files) - {stored_path(LABEL_PATH, review(label.state, now=NOW).targets[LABEL_PATH].sha256)} == {
        "metadata/1.root.json",
        "metadata/1.targets.json",
        "metadata/1.snapshot.json",
        "metadata/timestamp.json",
    }
    digest = review(made.state, now=NOW).targets[PATH].sha256
    assert set(made.files) == {
        "metadata/2.targets.json",
        "metadata/2.snapshot.json",
        "metadata/timestamp.json",
        f"targets/45/{digest}.{'45' * 16}.json",
    }
    assert set(made.state.files) == {"1.root.json", "2.targets.json", "2.snapshot.json", "timestamp.json"}


def test_a_label_is_renamed_by_a_new_document(label):
    made = publish(label.state, label.keys, {LABEL_PATH: encode(LabelDocument(name="Зоопарк"))}, now=NOW)
    stored = review(made.state, now=NOW).targets[LABEL_PATH].stored_path
    assert decode(LabelDocument, made.files[stored], max_length=MAX_LABEL_LENGTH).name == "Зоопарк"


@pytest.mark.parametrize(
    "path", ["../../x.json", "45.json", "45/../x", "/etc/passwd", "45/.x", "45/X", "45/a\n", "zz/a"]
)
def test_odd_paths_are_neither_signed_nor_read(label, path):
    with pytest.raises(DamagedError, match="not written as it should be"):
        publish(label.state, label.keys, {path: b"{}"}, now=NOW)


# -- the stock client -------------------------------------------------------------------------------------------------


class MemoryFetcher(FetcherInterface):
    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files

    def _fetch(self, url: str) -> Iterator[bytes]:
        name = url.removeprefix("https://spool.example/")
        if name not in self.files:
            raise DownloadHTTPError("absent", 404)
        return iter([self.files[name]])


def test_the_stock_client_downloads_a_release(label, tmp_path, monkeypatch):
    later = create_label("Zoopark Tapes", now=datetime.now(UTC))
    stick = Stick(later.files)
    made = publish(later.state, later.keys, {PATH: encode(RELEASE)}, now=datetime.now(UTC))
    stick.files |= made.files
    back = restore(made.state, [later.paper_words], now=datetime.now(UTC))
    stick.files |= back.files
    (tmp_path / "targets").mkdir()
    updater = Updater(
        metadata_dir=str(tmp_path),
        metadata_base_url="https://spool.example/metadata/",
        target_dir=str(tmp_path / "targets"),
        target_base_url="https://spool.example/targets/",
        fetcher=MemoryFetcher(stick.files),
        bootstrap=later.files["metadata/1.root.json"],
    )
    updater.refresh()
    found = updater.get_targetinfo(PATH)
    assert found is not None
    assert Path(updater.download_target(found)).read_bytes() == encode(RELEASE)
    assert json.loads((tmp_path / "root.json").read_bytes())["signed"]["version"] == 2


# -- publishing -------------------------------------------------------------------------------------------------------

changes = st.dictionaries(
    st.sampled_from([target_path("release", f"{number:032x}") for number in range(4)]),
    st.none() | st.binary(max_size=20),
    max_size=3,
)


@settings(max_examples=25)
@given(st.lists(st.tuples(changes, st.integers(0, 3)), max_size=6))
def test_readers_end_with_what_was_published(steps):
    keys, state, stick, reader = LABEL.keys, LABEL.state, Stick(LABEL.files), label_state(LABEL.imprint)
    expected: dict[str, bytes | None] = {}
    version = 1
    for change, skip in steps:
        made = publish(state, keys, change, now=NOW, skip_versions=skip)
        state, version = made.state, version + 1 + skip
        stick.files |= made.files
        expected |= change
        reader = stick.dub(reader)
    verdict = refresh(reader, stick.fetch, now=NOW)
    assert verdict.freshness.version == version
    listed = {path: stick.files[each.stored_path] for path, each in verdict.targets.items() if path != LABEL_PATH}
    assert listed == {path: data for path, data in expected.items() if data is not None}
    assert LABEL_PATH in verdict.targets


LABEL = create_label("Zoopark Tapes", now=NOW)


def test_each_list_names_the_one_before(label):
    made = publish(label.state, label.keys, {}, now=NOW)
    named = json.loads(made.files["metadata/2.targets.json"])["signed"]["x-previous"]
    assert named["version"] == 1
    assert len(named["sha256"]) == 64
    assert "x-previous" not in json.loads(label.files["metadata/1.targets.json"])["signed"]


def test_a_corrected_release_replaces_the_older_document(label):
    first = publish(label.state, label.keys, {PATH: encode(RELEASE)}, now=NOW)
    withdrawn = Release(id=RELEASE.id, title="45", artist="Виктор", withdrawn=True, withdrawn_reason="a wrong take")
    second = publish(first.state, label.keys, {PATH: encode(withdrawn)}, now=NOW)
    before, after = review(first.state, now=NOW).targets[PATH], review(second.state, now=NOW).targets[PATH]
    assert before.path == after.path
    assert before.sha256 != after.sha256
    assert decode(Release, second.files[after.stored_path], max_length=9999).withdrawn


@pytest.mark.parametrize(
    "clock",
    [
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(2099, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, tzinfo=UTC),
        NOW.astimezone(timezone(timedelta(hours=5))),
    ],
)
def test_a_wrong_clock_still_publishes_upwards(label, clock):
    made = publish(label.state, label.keys, {PATH: encode(RELEASE)}, now=clock)
    stick = Stick(label.files | made.files)
    assert refresh(label.state, stick.fetch, now=NOW).freshness.version == 2


def test_a_clock_has_a_zone(label):
    with pytest.raises(ValueError, match="aware"):
        publish(label.state, label.keys, {}, now=datetime(2030, 1, 1))  # noqa: DTZ001


def test_expiry_is_an_argument(label):
    made = publish(label.state, label.keys, {}, now=NOW, expires_days=7)
    assert not review(made.state, now=NOW + timedelta(days=6)).freshness.expired
    assert review(made.state, now=NOW + timedelta(days=8)).freshness.expired


def test_a_frozen_label_is_not_published_to(label):
    ours = publish(label.state, label.keys, {}, now=NOW)
    clone = publish(label.state, label.keys, {PATH: encode(RELEASE)}, now=NOW)
    with pytest.raises(ForkError) as fork:
        refresh(ours.state, Stick(label.files | clone.files).fetch, now=NOW)
    frozen = freeze(ours.state, fork.value)
    with pytest.raises(UsageError, match="frozen"):
        publish(frozen, label.keys, {}, now=NOW)
    publish(choose(frozen, fork.value.held), label.keys, {}, now=NOW)


def test_a_restored_library_skips_beyond_what_it_forgot(label):
    """A backup of version 1 goes on after others heard versions 2 to 4: they take its news and nobody sees a fork."""
    forgotten = Stick(label.files)
    state = label.state
    for _ in range(3):
        made = publish(state, label.keys, {}, now=NOW)
        forgotten.files |= made.files
        state = made.state
    reader = forgotten.dub(label_state(label.imprint))
    made = publish(label.state, label.keys, {PATH: encode(RELEASE)}, now=NOW, skip_versions=RESTORED_SKIP)
    verdict = refresh(reader, Stick(label.files | made.files).fetch, now=NOW)
    assert verdict.freshness.version == 1002
    assert PATH in verdict.targets


# -- taking a label back ----------------------------------------------------------------------------------------------


def test_the_paper_takes_a_stolen_label_back(label):
    first = publish(label.state, label.keys, {PATH: encode(RELEASE)}, now=NOW)
    stick = Stick(label.files | first.files)
    reader = stick.dub(label_state(label.imprint))
    stolen = publish(first.state, label.keys, {PATH: None}, now=NOW, skip_versions=1 << 40)
    fooled = Stick(stick.files | stolen.files).dub(reader)
    assert PATH not in review(fooled, now=NOW).targets

    back = restore(first.state, [label.paper_words.upper().replace(" ", "  ")], now=NOW)
    assert back.imprint == label.imprint
    assert back.keys != label.keys
    assert back.paper_words != label.paper_words
    stick.files |= back.files
    for held in (reader, fooled, label_state(label.imprint)):
        verdict = refresh(held, stick.fetch, now=NOW)
        assert PATH in verdict.targets
        assert verdict.checkpoint.version == 2
    healed = stick.dub(fooled)
    with pytest.raises((NotVerifiedError, RolledBackError)):  # the thief's key says nothing any more
        refresh(healed, Stick(stick.files | stolen.files).fetch, now=NOW)
    with pytest.raises(NotVerifiedError, match="no longer speaks"):
        publish(back.state, label.keys, {}, now=NOW)
    steps = succession(healed).steps
    assert [(step.version, step.new_keys, step.new_online_keys) for step in steps] == [(1, 2, True), (2, 2, True)]
    again = restore(healed, [back.paper_words], now=NOW)
    assert publish(again.state, again.keys, {}, now=NOW).state.roots()[2] == again.files["metadata/3.root.json"]


def test_foreign_words_take_nothing_back(label):
    with pytest.raises(NotVerifiedError, match="look for the right paper"):
        restore(label.state, [paper_words(b"\0" * 32)], now=NOW)
    with pytest.raises(NotVerifiedError):
        restore(label.state, [], now=NOW)


@pytest.mark.parametrize(
    "words", ["", "abandon", "abandon " * 24, "zoo park " * 12, "abandon " * 11 + "about", "майк " * 24]
)
def test_words_that_are_not_words(label, words):
    with pytest.raises(WrongPassphraseError):
        restore(label.state, [words], now=NOW)


def test_trustees_carry_a_label_on_without_all_of_them():
    label = create_label("Клуб", now=NOW, trustees=3, threshold=2)
    assert label.keys.root_seed is None
    assert len(label.paper) == 3
    assert succession(label.state).sentence == "2 of 3 root keys carry this label on: 1 may be lost."
    with pytest.raises(NotVerifiedError):
        restore(label.state, [label.paper[0]], now=NOW)
    with pytest.raises(NotVerifiedError):  # one trustee twice is one trustee
        restore(label.state, [label.paper[0], label.paper[0]], now=NOW)
    for pair in ((0, 1), (0, 2), (2, 1)):
        back = restore(label.state, [label.paper[each] for each in pair], now=NOW, trustees=5, threshold=3)
        assert (succession(back.state).keys, succession(back.state).threshold) == (5, 3)
        assert Stick(label.files | back.files).dub(label.state) == back.state


# -- secrets ----------------------------------------------------------------------------------------------------------


@given(st.binary(min_size=32, max_size=32), st.none() | st.binary(min_size=32, max_size=32))
def test_keys_are_stored_and_never_shown(online, root):
    keys = LabelKeys(online_seed=online, root_seed=root)
    assert LabelKeys.from_bytes(keys.to_bytes()) == keys
    assert hash(LabelKeys.from_bytes(keys.to_bytes())) == hash(keys)
    assert repr(keys) == "LabelKeys(…)"
    assert keys != "keys"


@given(st.binary(min_size=32, max_size=32))
def test_words_are_the_seed(seed):
    assert paper_seed(f"  {paper_words(seed).title()}\n") == seed


@pytest.mark.parametrize("length", [0, 31, 33, 65, 96])
def test_keys_of_another_length_are_refused(length):
    with pytest.raises(ValueError):
        LabelKeys.from_bytes(b"\0" * length)


def test_a_new_label_shows_no_secret(label):
    shown = repr(label) + repr(label.keys)
    assert not any(word in shown.split() for word in label.paper_words.split())
    assert label.keys.online_seed.hex() not in shown
