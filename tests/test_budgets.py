"""Every line of the table of budgets is enforced: what is at it passes, and one more gets its sentence."""

from __future__ import annotations

import io
import json
import struct
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from hashlib import md5, sha256
from pathlib import Path
from types import SimpleNamespace

import pytest

from magnitizdat.catalogue import holder_cards, metadata
from magnitizdat.catalogue.documents import LabelDocument, encode
from magnitizdat.catalogue.envelopes import read_envelope
from magnitizdat.catalogue.kinds import RELEASE, target_path
from magnitizdat.catalogue.metadata import read_statement
from magnitizdat.catalogue.premieres import PREMIERE, SEALED_TYPE
from magnitizdat.catalogue.proposals import read_proposal
from magnitizdat.catalogue.refresh import imprint_of, label_state, refresh, remembered
from magnitizdat.catalogue.strict_json import parse
from magnitizdat.disk.disk import Disk
from magnitizdat.errors import MagError
from magnitizdat.formats import budgets
from magnitizdat.formats.age import BytesReader, seal, unseal
from magnitizdat.formats.age_header import Stanza, encode_header, read_header
from magnitizdat.formats.age_keys import ScryptIdentity, ScryptRecipient, X25519Identity, X25519Recipient
from magnitizdat.formats.bagit import manifest_line, read_manifest
from magnitizdat.formats.letter_file import SMALL, seal_letter, to_nobody
from magnitizdat.formats.tickets import parse_ticket
from magnitizdat.formats.zip_store import read_table, write_zip
from magnitizdat.library.journal import LabelRow
from magnitizdat.library.slip_rows import SlipReelRow
from magnitizdat.ops.albums.small_files import describe
from magnitizdat.ops.dub.from_sources import sentences
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.give.giving_back import give_back
from magnitizdat.ops.keep.unseal import unseal as unseal_file
from magnitizdat.ops.labels.friends import card_in, read_card
from magnitizdat.ops.labels.labels import follow
from magnitizdat.ops.labels.signing import look
from magnitizdat.ops.listen.from_subsonic import switch
from magnitizdat.ops.listen.subsonic_server import SubsonicServer
from magnitizdat.ops.places.answers import read_answer
from magnitizdat.ops.places.asked import LANES
from magnitizdat.ops.places.http import HttpSpool
from magnitizdat.ops.places.spool import FolderSpool
from magnitizdat.ops.post.arriving import Arrivals
from magnitizdat.ops.post.collecting import collect
from magnitizdat.ops.post.kept_letters import kept_bytes
from magnitizdat.ops.post.return_addresses import return_address
from magnitizdat.ops.stash.book import LIST_NAME, Stash
from magnitizdat.reel.check import check
from magnitizdat.reel.opening import open_reel
from magnitizdat.reel.words import WordLock
from magnitizdat.scene.letters import attached, open_members
from magnitizdat.scene.slips import SLIP, ReelSlip, slip_bytes
from magnitizdat.workers.pool import ParserPool
from tests.fakes_http import answer, answering
from tests.fakes_letters import Author, file_of, letter_to
from tests.fakes_library import NOW, make_library
from tests.fakes_premieres import premiere_of
from tests.fakes_spool import Liar, http_server, release_of
from tests.fakes_tuf import Repository
from tests.formats.test_zip_and_container import hostile
from tests.ops.listen.test_from_subsonic import said, serving

ME = X25519Identity.generate()
CASES: dict[str, Callable[[Case], Iterable[object]]] = {}


@dataclass
class Case:
    """A line of the table: `over` is 1 where one too many comes, else 0."""

    name: str
    folder: Path
    over: int
    patch: pytest.MonkeyPatch

    @property
    def most(self) -> int:
        return budgets.TABLE[self.name].most

    def limit(self, amount: int, **others: int) -> None:
        """The budget for this test: what comes is `amount`."""
        for name, most in {self.name: amount - self.over, **others}.items():
            self.patch.setattr(budgets, name, budgets.TABLE[name]._replace(most=most, per=0))

    def put(self, name: str, content: bytes) -> None:
        (self.folder / name).write_bytes(content)


def case(*names: str):
    def enter(function):
        CASES.update(dict.fromkeys(names, function))
        return function

    return enter


def told(work: Callable[[], object]) -> list[object]:
    """The sentence with which something ended, if any."""
    try:
        work()
    except MagError as exc:
        return [exc.sentence]
    return []


# -- age files and archives --------------------------------------------------------------------------------------------


@case("HEADER")
def _(case: Case):
    bare = encode_header([Stanza(("a", ""), b"")], bytes(16))
    header = encode_header([Stanza(("a", "b" * (case.most + case.over - len(bare))), b"")], bytes(16))
    return told(lambda: read_header(header))


@case("WORK", "UNSEAL_WORK", "WORDS_WORK")
def _(case: Case):
    case.limit(3)
    sealed = seal(b"music", [ScryptRecipient("word", work_factor=3)])
    if case.name == "WORK":
        return told(lambda: unseal(sealed, [ScryptIdentity("word")]))
    if case.name == "WORDS_WORK":
        case.put("abcdefgh.age", WordLock("word", work_factor=3).seal(1 << 16))
        return told(lambda: open_reel(case.folder, words="word"))
    case.put("file.age", sealed)
    return told(lambda: unseal_file(case.folder / "file.age", [], io.BytesIO(), passphrase="word"))


@case("WORD_FILES")
def _(case: Case):
    case.limit(3)
    for name in ("aaaaaaaa.age", "bbbbbbbb.age", "cccccccc.age"):
        case.put(name, WordLock("other", work_factor=1).seal(1 << 16))
    return told(lambda: open_reel(case.folder, words="word"))


def reel(case: Case, *members: str, people: int = 1) -> list[object]:
    recipients = [X25519Identity.generate().recipient for _ in range(people - 1)] + [ME.recipient]
    case.put("abcdefgh.age", seal(b"".join(write_zip([(name, b"x") for name in members])), recipients))
    return told(lambda: open_reel(case.folder, [ME]))


@case("ZIP_MEMBERS", "PIECES", "PATHS")
def _(case: Case):
    case.limit(3)
    return reel(case, "blobs/a", "blobs/b", "blobs/c")


@case("NAME")
def _(case: Case):
    return told(lambda: read_table(BytesReader(hostile({"name": b"a" * (case.most + case.over)}, {"name": b"b"}))))


@case("REEL_HEADER")
def _(case: Case):
    length = len(encode_header([ME.recipient.wrap(bytes(16))] * 50, bytes(16)))
    case.limit(length)
    return reel(case, "blobs/a", people=50)


@case("REEL_FILES")
def _(case: Case):
    case.limit(4)
    for number in range(3):
        case.put(f"{number}.txt", b"")
    return [*reel(case, "blobs/a"), *told(lambda: check(case.folder))]


@case("REEL_MEMBERS")
def _(case: Case):
    case.limit(3)
    reel(case, "blobs/a")
    (segment,) = case.folder.glob("*.age")
    case.put("one.zip", b"".join(write_zip([(f"abcdefg{at}.age", segment.read_bytes()) for at in "abc"])))
    return check(case.folder / "one.zip").over


@case("STASH_LIST")
def _(case: Case):
    case.put(LIST_NAME, b"{}".ljust(case.most + case.over))
    return Stash(case.folder, Disk()).warnings


@case("TRIES")
def _(case: Case):
    case.limit(5)
    return reel(case, "blobs/a", people=5)


# -- parity ------------------------------------------------------------------------------------------------------------


def packet(kind: bytes, body: bytes, set_id: bytes = bytes(16)) -> bytes:
    rest = set_id + b"PAR 2.0\0" + kind.ljust(8, b"\0") + body
    return b"PAR2\0PKT" + struct.pack("<Q", 32 + len(rest)) + md5(rest).digest() + rest


NAME = b"songsong.age"


def parity_set(number: int = 0) -> list[bytes]:
    """A set that describes one file of four bytes."""
    digest, slice_length = md5(b"song").digest(), 4 * (number + 1)
    file_id = md5(digest + struct.pack("<Q", 4) + NAME).digest()
    main = struct.pack("<QI", slice_length, 1) + file_id
    set_id = md5(main).digest()
    described = packet(b"FileDesc", file_id + digest + digest + struct.pack("<Q", 4) + NAME, set_id)
    return [packet(b"Main", main, set_id), described, packet(b"IFSC", file_id + digest + bytes(4), set_id)]


def checked(case: Case, *files: list[bytes]) -> list[object]:
    for number, packets in enumerate(files):
        case.put(f"{'abcdefgh'[number] * 8}.par2", b"".join(packets))
    return [str(each).removesuffix(".") for each in check(case.folder).sentences()]


@case("PACKETS")
def _(case: Case):
    case.limit(3, ALL_PACKETS=1000)
    return checked(case, parity_set())


@case("ALL_PACKETS")
def _(case: Case):
    case.limit(6)
    case.patch.setattr("magnitizdat.reel.sets.READERS", 1)
    return checked(case, parity_set(), parity_set(1))


@case("SETS_OF_A_FILE")
def _(case: Case):
    case.limit(2)
    return checked(case, parity_set(), parity_set(1))


@case("DESCRIBED")
def _(case: Case):
    case.limit(sum(len(each) - 64 for each in parity_set()))
    return checked(case, parity_set())


@case("ALL_DESCRIBED")
def _(case: Case):
    case.limit(2 * (16 + len(NAME) + 20))
    return checked(case, parity_set(), parity_set(1))


# -- labels ------------------------------------------------------------------------------------------------------------


def dubbed(case: Case, *, friend: bool = False, before: Callable[[], object] = lambda: None) -> list[object]:
    """What a dub of the folder says; where the label is a friend it was met before."""
    with make_library(case.folder / "library") as library:
        if friend:
            dub(library, FolderSpool(case.folder / "spool"), now=NOW)
            follow(library, "Noise")
            library.index._db.run("DELETE FROM document")
        before()
        report = dub(library, FolderSpool(case.folder / "spool"), now=NOW)
        again = dub(library, FolderSpool(case.folder / "spool"), now=NOW) if "PAPERS" in case.name else report
    return [*(each.reason for each in (*report.missing, *again.missing)), *sentences(report)]


def label(case: Case, name: str = "Noise", documents: dict[str, bytes] | None = None) -> Liar:
    liar = Liar(case.folder / "spool", name)
    if documents:
        liar.sign(documents)
    return liar


@case("LABELS")
def _(case: Case):
    case.limit(2)
    label(case), label(case, "Zvuk")
    return dubbed(case)


@case("LABEL_LIST")
def _(case: Case):
    case.patch.setattr("magnitizdat.ops.places.spool.MAX_INDEX_LENGTH", 100 - case.over)
    (case.folder / "labels").mkdir()
    case.put("labels/index.json", b'{"labels":[]}'.ljust(100))
    with http_server(case.folder, ranges=True) as url, closing(HttpSpool(url)) as spool:
        try:
            spool.labels()
        except MagError as exc:
            return [exc.__cause__.sentence]
    return []


@case("ROOT", "TIMESTAMP", "SNAPSHOT", "TARGETS")
def _(case: Case):
    from tuf.api.metadata import Root, Snapshot, Targets, Timestamp

    kind = {"ROOT": Root, "TIMESTAMP": Timestamp, "SNAPSHOT": Snapshot, "TARGETS": Targets}[case.name]
    name = "timestamp.json" if kind is Timestamp else f"1.{kind.type}.json"
    content = Repository().files[f"metadata/{name}"].ljust(case.most + case.over)
    return told(lambda: read_statement(kind, content, max_length=getattr(metadata, f"MAX_{case.name}_LENGTH")))


@case("ROOTS")
def _(case: Case):
    case.patch.setattr("magnitizdat.catalogue.following.MAX_ROOTS", 4 - case.over)
    repository = Repository()
    for _ in range(3):
        repository.publish_root()
    said = told(lambda: _refreshed(repository))
    assert ["3" in str(each) for each in said] == [True] * case.over
    return [str(each).replace("than 3 roots", "than 1024 roots") for each in said]


def _refreshed(repository: Repository) -> object:
    state = label_state(imprint_of(repository.files["metadata/1.root.json"]))
    return refresh(state, repository.fetch, now=NOW)


@case("ROOT_CHAIN")
def _(case: Case):
    repository = Repository()
    repository.publish_root()
    case.limit(sum(len(repository.files[f"metadata/{version}.root.json"]) for version in (1, 2)))
    return told(lambda: _refreshed(repository))


@case("SIGNATURES")
def _(case: Case):
    from tuf.api.metadata import Root

    root = json.loads(Repository().files["metadata/1.root.json"])
    root["signatures"] += [{"keyid": f"{n:064x}", "sig": "00" * 64} for n in range(1, case.most + case.over)]
    content = json.dumps(root).encode()
    return told(lambda: read_statement(Root, content, max_length=metadata.MAX_ROOT_LENGTH))


@case("METADATA")
def _(case: Case):
    liar = label(case)
    known = [body for name, body in liar.state.files.items() if name in {"1.root.json", "timestamp.json"}]
    return dubbed(case, friend=True, before=lambda: case.limit(sum(map(len, known[-1:]))))


@case("STRANGE_METADATA", "ALL_STRANGE_METADATA")
def _(case: Case):
    case.limit(sum(map(len, label(case).state.files.values())))
    return dubbed(case)


@case("PAPERS", "ALL_PAPERS")
def _(case: Case):
    label(case)
    with make_library(case.folder / "probe") as library:
        (known,) = dub(library, FolderSpool(case.folder / "spool"), now=NOW).labels
        papers = library.index.lengths.of_papers(known.imprint)
    case.limit(papers)
    return dubbed(case)


@case("RELEASE")
def _(case: Case):
    release = release_of([describe(b"x", "audio/flac")])
    content = encode(release).ljust(case.most + case.over)
    label(case, documents={target_path(RELEASE, release.id): content})
    return dubbed(case)


@case("LABEL_DOCUMENT")
def _(case: Case):
    content = encode(LabelDocument(name="Noise")).ljust(case.most + case.over)
    label(case, documents={"00/label.json": content})
    return dubbed(case)


def films(*lengths: int) -> dict[str, bytes]:
    return {target_path("film", f"{number:032x}"): bytes(length) for number, length in enumerate(lengths)}


@case("DOCUMENT")
def _(case: Case):
    label(case, documents=films(case.most + case.over))
    return dubbed(case)


@case("STRANGE_DOCUMENTS", "ALL_STRANGE_DOCUMENTS")
def _(case: Case):
    case.limit(3)
    label(case, documents=films(1, 1, 1))
    return dubbed(case)


@case("DOCUMENTS", "ALL_DOCUMENTS")
def _(case: Case):
    label(case, documents=films(1, 1, 1))
    return dubbed(case, friend=True, before=lambda: case.limit(3))


@case("PREMIERE")
def _(case: Case):
    content = encode(premiere_of(describe(b"sealed", SEALED_TYPE), document="a" * 64)).ljust(case.most + case.over)
    label(case, documents={target_path(PREMIERE, "0" * 32): content})
    return dubbed(case, friend=True)


@case("STRANGE_CLOSED", "ALL_STRANGE_CLOSED")
def _(case: Case):
    case.limit(8)
    release = release_of([describe(b"x", "audio/flac")])
    content, path, file = encode(release), target_path(RELEASE, release.id), describe(b"8 bytes!", SEALED_TYPE)
    closed = premiere_of(file, document=sha256(content).hexdigest(), release_id=release.id)
    liar = label(case, documents={path: content, target_path(PREMIERE, closed.id): encode(closed)})
    next(liar.root.glob(f"targets/*/*.{release.id}.json")).unlink()
    liar.put(file.sha256, b"8 bytes!")
    return dubbed(case)


@case("CARD")
def _(case: Case):
    content = b"{" + b" " * (case.most + case.over - 2) + b"}"
    with ParserPool(workers=1) as pool:
        return told(lambda: card_in(content, pool))


@case("HOLDER_CARD")
def _(case: Case):
    return told(lambda: holder_cards.read_card(b"{}".ljust(case.most + case.over)))


@case("PROPOSAL")
def _(case: Case):
    return told(lambda: read_proposal(b"{}".ljust(case.most + case.over)))


@case("PROPOSALS")
def _(case: Case):
    with make_library(case.folder / "library") as library:
        return told(lambda: look(library, [b"{}"] * (case.most + case.over), now=NOW))


@case("CARD_PHOTO")
def _(case: Case):
    case.limit(100)
    case.put("card.json", b"{".ljust(100))
    return told(lambda: read_card(case.folder / "card.json"))


@case("JSON_DEPTH")
def _(case: Case):
    deep = case.most + case.over
    return told(lambda: parse(b"[" * deep + b"]" * deep, max_length=1000, what=budgets.CARD.sentence.values["what"]))


@case("JSON_VALUES")
def _(case: Case):
    case.limit(10)
    return told(lambda: parse(b"[" + b"1," * 9 + b"1]", max_length=1000, what="it"))


# -- bags --------------------------------------------------------------------------------------------------------------


@case("BAG_LIST", "BAG_FILES")
def _(case: Case):
    case.limit(2 if case.name == "BAG_FILES" else len(manifest_line("0" * 64, "data/a")) * 2)
    return told(lambda: read_manifest([manifest_line("0" * 64, "data/a") * 2]))


# -- servers -----------------------------------------------------------------------------------------------------------


@case("TICKET_ADDRESSES")
def _(case: Case):
    also = "".join(f"&or=10.0.0.{number}:1" for number in range(1, case.most + case.over))
    return told(lambda: parse_ticket(f"https://10.0.0.0:1/{'a' * 26}/#pin={'A' * 43}{also}"))


@case("ASKED")
def _(case: Case):
    answers = iter([b'{"guest":"g"}'.ljust(case.most + case.over), *[b'{"over":true}'] * LANES])
    return told(lambda: give_back({}, lambda *_: next(answers)))


@case("ANSWER_S")
def _(case: Case):
    times = iter([0.0, float(case.most + case.over), 0.0])

    class Answer:
        def read1(self, amt, decode_content):
            return b"x" * (not decode_content)

    return told(lambda: read_answer(Answer(), 1, clock=lambda: next(times)))


@case("PIECE_S")
def _(case: Case):
    asked_ago_s = case.most - 5 + 10 * case.over
    clock = SimpleNamespace(monotonic=lambda: time.monotonic() - asked_ago_s)
    case.patch.setattr("magnitizdat.ops.places.http.time", clock)
    case.put("file", b"x")
    with http_server(case.folder, ranges=True) as url, closing(HttpSpool(url, wait=lambda _: None)) as spool:
        return told(lambda: spool.fetch("file", 1))


def switched(case: Case, answer) -> list[object]:
    with (
        make_library(case.folder / "library") as library,
        serving(lambda view, _: answer.get(view, said())) as (url, _),
        closing(SubsonicServer(url, "viktor", "word")) as server,
    ):
        return [each.reason for each in switch(library, server, now=NOW).missing]


@case("BESIDE")
def _(case: Case):
    case.limit(1000)
    whole = answer(b"music", X="y" * 952)
    assert len(whole) == 1000
    with answering(lambda line, _: line.sendall(whole)) as server, closing(HttpSpool(server.url)) as spool:
        return told(lambda: spool.fetch("some", 5))


@case("SERVER_ANSWER")
def _(case: Case):
    body = said()[1].ljust(1000)
    case.limit(1000)
    return switched(case, {"getBookmarks": (200, body)})


@case("SERVER_SONGS")
def _(case: Case):
    case.limit(3)
    return switched(case, {"search3": said(searchResult3={"song": [{"id": f"{n}"} for n in range(3)]})})


@case("SERVER_PLAYLISTS")
def _(case: Case):
    case.limit(3)
    return switched(case, {"getPlaylists": said(playlists={"playlist": [{"id": f"{n}"} for n in range(3)]})})


@case("REPORTED")
def _(case: Case):
    case.limit(3)
    songs = [{"id": f"{n}", "starred": "2024"} for n in range(3)]
    return switched(case, {"search3": said(searchResult3={"song": songs})})


# -- post --------------------------------------------------------------------------------------------------------------


def collected(
    case: Case, letter: Callable[[X25519Recipient], bytes], *, each: int = 1, in_a_club: bool = False
) -> list[object]:
    case.limit(3 * each)
    with make_library(case.folder / "library") as library:
        if in_a_club:
            with library.changes() as changes:
                changes.put_member("epoch/mag1club/0", b"x")
                changes.commit()
        for number in range(3):
            case.put(f"{number}.age", letter(library.secrets.addresses[0].recipient))
        return list(collect(library, sorted(case.folder.glob("*.age")), now=NOW).sentences())


@case("LETTERS")
def _(case: Case):
    return collected(case, lambda _: b"no letter")


@case("OPENED")
def _(case: Case):
    return collected(case, lambda me: seal_letter([], [me]))


@case("TRIED")
def _(case: Case):
    return collected(
        case, lambda _: seal_letter([], [ME.recipient, X25519Identity.generate().recipient]), in_a_club=True
    )


@case("CARRIED")
def _(case: Case):
    return collected(case, lambda _: to_nobody(SMALL), each=SMALL)


# -- letters -----------------------------------------------------------------------------------------------------------


@case("LETTER")
def _(case: Case):
    return told(lambda: read_envelope(bytes(case.most + case.over), "x"))


def slipped(case: Case, slips: Iterable[bytes]) -> list[object]:
    """What is said of slips of one reel from here."""
    with make_library(case.folder / "library") as library:
        address = return_address(library, now=NOW)
        with library.changes() as changes:
            changes.row(SlipReelRow(reel=32 * "a", at="2026"))
            changes.commit()
            arrivals = Arrivals(library, changes, now=NOW)
            for each in slips:
                arrivals.receive(file_of(letter_to(address, attachment=attached(each, SLIP)), attachment=each))
            return list(arrivals.full)


@case("SLIP")
def _(case: Case):
    content = slip_bytes(ReelSlip(reel=32 * "a"))
    case.limit(len(content) + 1)
    return slipped(case, [content + b" "])


@case("SLIPS")
def _(case: Case):
    case.limit(3)
    return slipped(case, 3 * [slip_bytes(ReelSlip(reel=32 * "a"))])


@case("LETTER_ROOTS")
def _(case: Case):
    case.limit(3)
    roots = {f"roots/{number}.root.json": b"{}" for number in range(1, 4)}
    return told(lambda: open_members({**file_of(letter_to()), **roots}))


def inbox_of(case: Case, author: Author | None = None, *, length: bool = False) -> list[object]:
    """Three letters of one length; of a label that is known here, or of nobody."""
    letters = [file_of(letter_to(sender=author or ""), author=author) for _ in range(3)]
    size = len(kept_bytes(letters[0]))
    with make_library(case.folder / "library") as library, library.changes() as changes:
        if author is not None:
            changes.put_label(author.imprint, author.state.files, remembered(author.state))
            changes.row(LabelRow(imprint=author.imprint, name=author.name, standing="followed"))
            changes.commit()
            letters = [
                file_of(letter_to(library.secrets.addresses[0].recipient.text, sender=author), author=author)
                for _ in range(3)
            ]
            size = len(kept_bytes(letters[0]))
        case.limit(3 * size if length else 3)
        arrivals = Arrivals(library, changes, now=NOW)
        for members in letters:
            arrivals.receive(members)
        return list(arrivals.full)


@case("INBOX")
def _(case: Case):
    return inbox_of(case)


@case("INBOX_LENGTH")
def _(case: Case):
    return inbox_of(case, length=True)


@case("KNOWN_INBOX")
def _(case: Case):
    return inbox_of(case, Author())


@case("KNOWN_INBOX_LENGTH")
def _(case: Case):
    return inbox_of(case, Author(), length=True)


# -- all of them -------------------------------------------------------------------------------------------------------


def test_every_line_has_its_case():
    assert list(CASES) == [name for name in CASES if name in budgets.TABLE]
    assert set(CASES) == set(budgets.TABLE)


@pytest.mark.parametrize("name", budgets.TABLE)
@pytest.mark.parametrize("over", [0, 1], ids=["at it", "over it"])
def test_a_line_is_enforced(tmp_path, monkeypatch, name, over):
    said = [str(each) for each in CASES[name](Case(name, tmp_path, over, monkeypatch))]
    assert (str(budgets.TABLE[name].sentence).removesuffix(".") in [each.removesuffix(".") for each in said]) == over
