"""Labels as raw papers that can be changed and signed anew, past what any publisher would write."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from securesystemslib.formats import encode_canonical
from securesystemslib.signer import CryptoSigner

from magnitizdat.catalogue import documents
from magnitizdat.catalogue.kinds import target_path
from magnitizdat.catalogue.publisher import NewLabel, create_label, paper_seed, publish, restore
from magnitizdat.formats.names import imprint_text
from magnitizdat.model import RELEASE_SCHEMA, File, Lyrics, Release, Rendition, Track
from tests.fakes_spool import release_of
from tests.fakes_succession import newest_list
from tests.fakes_tuf import Repository
from tests.fakes_voices import as_documents, review_of

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
LONG_NAME = "🎸" * 512
LISTS = ("targets", "snapshot", "timestamp")

Signers = Sequence[CryptoSigner]
Spelling = Callable[[str, Any], bytes]
"""(role, what a paper says) -> its bytes."""


def spelled(_role: str, value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


@dataclass
class Papers:
    """What a label says, as JSON values: its roots and lists without signatures, and documents by path.

    `signers` by role; those of root number n are `root_signers[n]`. Documents are as they were listed until changed.
    `past` are files of an earlier day.
    """

    roots: list[Any]
    root_signers: list[Signers]
    lists: dict[str, Any]
    signers: dict[str, Signers]
    documents: dict[str, Any]
    past: dict[str, bytes] = field(default_factory=dict)
    sign_with: Callable[[str, Any, Signers], list[Any]] | None = None
    spell: Spelling = spelled

    def copied(self) -> Papers:
        made = copy.copy(self)
        made.roots, made.lists, made.documents = map(copy.deepcopy, (self.roots, self.lists, self.documents))
        return made

    def built(self) -> tuple[str, dict[str, bytes]]:
        """(imprint, files by name within the label), every length and digest that can be stated put right."""
        files = self._documents()
        listed = self._file("targets", self.lists["targets"], self.signers["targets"])
        _state(self.lists["snapshot"], "targets.json", listed)
        snapshot = self._file("snapshot", self.lists["snapshot"], self.signers["snapshot"])
        _state(self.lists["timestamp"], "snapshot.json", snapshot)
        timestamp = self._file("timestamp", self.lists["timestamp"], self.signers["timestamp"])
        roots = [self._file("root", root, signers) for root, signers in zip(self.roots, self.root_signers, strict=True)]
        files |= {f"metadata/{number}.root.json": root for number, root in enumerate(roots, 1)}
        for name, body in self._named(listed, snapshot):
            files[f"metadata/{name}"] = body
        files["metadata/timestamp.json"] = timestamp
        return imprint_text(hashlib.sha256(canonical(self.roots[0])).digest()), files

    def _named(self, listed: bytes, snapshot: bytes) -> Iterable[tuple[str, bytes]]:
        """As those who name them ask for them, and as they say of themselves."""
        for role, body in (("targets", listed), ("snapshot", snapshot)):
            by = {"targets": "snapshot", "snapshot": "timestamp"}[role]
            said = (_at(self.lists[by], "meta", f"{role}.json", "version"), _at(self.lists[role], "version"))
            yield f"{role}.json", body
            yield from ((f"{version}.{role}.json", body) for version in said)

    def _documents(self) -> dict[str, bytes]:
        files = {}
        for path, value in self.documents.items():
            body = value if isinstance(value, bytes) else self.spell("document", value)
            digest, (folder, _, name) = hashlib.sha256(body).hexdigest(), path.partition("/")
            files[f"targets/{folder}/{digest}.{name}"] = body
            if isinstance(_at(self.lists["targets"], "targets", path, "hashes"), dict):
                self.lists["targets"]["targets"][path] |= {"length": len(body), "hashes": {"sha256": digest}}
        return files

    def _file(self, role: str, signed: Any, signers: Signers) -> bytes:
        make = self.sign_with or (lambda _role, said, by: signatures(said, by))
        return self.spell(role, {"signatures": make(role, signed, signers), "signed": signed})


def canonical(value: Any) -> bytes:
    """What is signed; where a value has no such form, anything."""
    try:
        return str(encode_canonical(value)).encode()
    except Exception:  # noqa: BLE001 - many things have none
        return json.dumps(value, default=str).encode()


def signatures(signed: Any, signers: Signers) -> list[Any]:
    body = canonical(signed)
    return [signer.sign(body).to_dict() for signer in signers]


def _at(value: Any, *keys: str) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _state(by: Any, name: str, body: bytes) -> None:
    """What the one who names a paper says of its bytes."""
    meta = _at(by, "meta", name)
    if isinstance(meta, dict):
        if type(meta.get("length")) is int:
            meta["length"] = len(body)
        if isinstance(meta.get("hashes"), dict) and "sha256" in meta["hashes"]:
            meta["hashes"]["sha256"] = hashlib.sha256(body).hexdigest()


# -- honest ones ------------------------------------------------------------------------------------------------------


def of_seed(seed: bytes) -> CryptoSigner:
    return CryptoSigner(Ed25519PrivateKey.from_private_bytes(seed))


def _taken(files: dict[str, bytes], roots: list[Signers], online: dict[str, Signers]) -> Papers:
    """Files of a label as papers."""
    metadata = {name.removeprefix("metadata/"): body for name, body in files.items() if name.startswith("metadata/")}
    said = {name: json.loads(body)["signed"] for name, body in metadata.items()}
    newest = {role: max(_of_role(said, role), key=lambda each: int(each["version"])) for role in LISTS}
    chain = [said[f"{number}.root.json"] for number in range(1, len(roots) + 1)]
    for each in (*chain, *newest.values()):
        each["x-order"] = {"\U0001f3b8": 1, "\uffff": 2, "\ue000": 3, "a": 4}
    documents = {}
    for path, listed in newest["targets"]["targets"].items():
        folder, name = path.split("/")
        stored = f"targets/{folder}/{listed['hashes']['sha256']}.{name}"
        body = files.get(stored, files.get(f"targets/{path}"))
        if body is not None:
            documents[path] = _full(json.loads(body))
    return Papers(chain, roots, newest, online, documents)


def _full(document: dict[str, Any]) -> dict[str, Any]:
    """A document with every field that its schema has, numbers and texts as high and long as they may be."""
    if document["schema"] != RELEASE_SCHEMA or document.get("withdrawn"):
        return document
    sheet = {"sha256": "cd" * 32, "length": 1 << 20, "media_type": "text/plain"}
    document |= {"aliases": [LONG_NAME], "genres": ["punk"], "licence": "🎸" * 99, "support": "s", "sort_name": "s"}
    document |= {"credits": [{"name": LONG_NAME, "role": "я" * 128}], "artists": [{"name": "a", "sort_name": "b"}]}
    document |= {"title_sort": "t", "disc_titles": [{"disc": 9999, "title": "T"}], "published": "1988-05"}
    document |= {"images": [{"name": "i", "file": document["tracks"][0]["file"], "sheet": sheet, "track_id": ""}]}
    document |= {"musicbrainz_id": "m" * 64, "date": "1988", "kind": "k" + "1" * 31}
    gain = {"gain_db": -7.5, "peak": 1}
    document["tracks"][0] |= {"codec": "c" * 32, "bit_rate": 1 << 40, "sample_rate": 1 << 30, "channels": 256}
    document["tracks"][0] |= {"bit_depth": 256, "cut_off": True, "promised_s": 1e7, "gain": gain, "album_gain": gain}
    document["tracks"][0] |= {
        "isrc": "i" * 64,
        "musicbrainz_id": "m" * 64,
        "composer": "c",
        "comment": "c",
        "disc": 9999,
    }
    document["tracks"][0] |= {"title_sort": "t", "composer_sort": "c", "artists": [{"name": "a"}], "position": 99999}
    document["tracks"][0] |= {
        "chapters": [{"start_s": 1e7, "title": "c", "artist": "a"}] * 3,
        "cover": document["cover"],
    }
    document["tracks"][1] |= {"pregap": True, "duration_s": 10_000_000, "title": LONG_NAME, "genres": ["g"]}
    return document


def _of_role(said: dict[str, Any], role: str) -> list[Any]:
    return [each for name, each in said.items() if name.split(".")[-2] == role]


def _label(made: NewLabel, files: dict[str, bytes], roots: list[Signers]) -> Papers:
    online = [of_seed(made.keys.online_seed)]
    return _taken(files, roots, dict.fromkeys(LISTS, online))


def file_of(number: int, media_type: str, length: int = 1000) -> File:
    pieces = -(-length // (1 << 20))
    digests = tuple(hashlib.sha256(b"%d %d" % (number, piece)).hexdigest() for piece in range(pieces))
    return File(
        sha256=hashlib.sha256(b"file %d" % number).hexdigest(),
        length=length,
        media_type=media_type,
        pieces=digests if pieces > 1 else (),
    )


def rich_release(number: int, **fields: Any) -> Release:
    """An album with something in most of its fields."""
    files = [file_of(10 * number, "audio/flac", 3 << 20), file_of(10 * number + 1, "audio/mpeg")]
    album = release_of(files, "Девушка с глазами 🎸 \uffff", number=number, **fields)

    def rich(track: Track, place: int) -> Track:
        small = Rendition(kind="opus-128", file=file_of(10 * number + 5 + place, "audio/opus"))
        words = Lyrics(language="ru", file=file_of(10 * number + 3, "text/x-lrc"))
        replaced = {"renditions": (small,), "lyrics": (words,), "duration_s": 187.25, "disc": 2 - place}
        return type(track)(**{name: getattr(track, name) for name in track.__struct_fields__} | replaced)

    tracks = tuple(rich(track, place) for place, track in enumerate(album.tracks))
    return type(album)(
        **{name: getattr(album, name) for name in album.__struct_fields__}
        | {
            "tracks": tracks,
            "cover": file_of(10 * number + 2, "image/jpeg"),
            "notes": {"ru": file_of(10 * number + 4, "text/markdown")},
            "released": "1988-05-09",
        }
    )


def _documents(*releases: Release) -> dict[str, bytes]:
    return {target_path("release", release.id): documents.encode(release) for release in releases}


def plain_label() -> Papers:
    """Two albums, one of them withdrawn, and a word of it about another label's."""
    made = create_label("Зоопарк 🎸 Tapes", now=NOW, language="ru", aliases=("Zoo",))
    review = review_of("1" * 64)
    gone = rich_release(2, withdrawn=True, withdrawn_reason="a mistake")
    changes = {**_documents(rich_release(1, carried=True), gone), **as_documents([review])}
    second = publish(made.state, made.keys, changes, now=NOW)
    files = made.files | second.files
    root_seed = made.keys.root_seed
    assert root_seed is not None
    return _label(made, files, [[of_seed(root_seed)]])


def restored_label() -> Papers:
    """Taken back with the words of its paper: two roots, every key is new in the second, and the old list follows."""
    made = create_label("Taken back", now=NOW)
    first = publish(made.state, made.keys, _documents(rich_release(3)), now=NOW)
    back = restore(first.state, made.paper, now=NOW)
    assert back.keys.root_seed is not None
    paper, roots = of_seed(paper_seed(made.paper_words)), of_seed(back.keys.root_seed)
    papers = _label(back, made.files | first.files | back.files, [[paper], [paper, roots]])
    papers.past = made.files | first.files
    return papers


def held_label() -> Papers:
    """Three of five holders, handed over once: the root says which list they stand by."""
    made = create_label("Holders", now=NOW, trustees=5, threshold=3)
    holders = [of_seed(paper_seed(words)) for words in made.paper]
    first = publish(made.state, made.keys, _documents(rich_release(4)), now=NOW)
    papers = _label(made, made.files | first.files, [holders[:3]])
    after = copy.deepcopy(papers.roots[0])
    after |= {"version": 2, "x-continues": newest_list(first.state)}
    online = CryptoSigner.generate_ed25519()
    after["keys"][online.public_key.keyid] = online.public_key.to_dict()
    for role in LISTS:
        after["roles"][role]["keyids"] = [online.public_key.keyid]
        papers.lists[role]["version"] += 1000
    papers.lists["targets"]["x-previous"] = after["x-continues"]
    papers.lists["snapshot"]["meta"]["targets.json"]["version"] += 1000
    papers.lists["timestamp"]["meta"]["snapshot.json"]["version"] += 1000
    papers.roots.append(after)
    papers.root_signers.append(holders[1:4])
    papers.signers = {role: [online] for role in LISTS}
    papers.past = made.files | first.files
    return papers


def foreign_label(*, mixed: bool = False, consistent: bool = True, hashes: bool = True) -> Papers:
    """A repository of python-tuf's own making, of two keys out of three, perhaps one of them of another kind."""
    made = Repository(consistent=consistent, hashes=hashes, now=NOW)
    for role in ("root", *LISTS):
        made.rotate(role, count=3, threshold=2)
        if mixed:
            made.signers[role][0] = CryptoSigner(generate_private_key(SECP256R1()))
            made.root.add_key(made.signers[role][0].public_key, role)
            made.root.roles[role].keyids = [each.public_key.keyid for each in made.signers[role]]
    made.root.version = 1
    made.publish_root(bump=False)
    made.add_target("00/label.json", documents.encode(documents.LabelDocument(name="Foreign")))
    for path, body in _documents(rich_release(5)).items():
        made.add_target(path, body)
    made.delegate("targets", "kassa", paths=["ab/*"])
    made.publish(bump=False)
    online: dict[str, Signers] = {role: made.signers[role] for role in LISTS}
    return _taken(made.files, [made.signers["root"]], online)
