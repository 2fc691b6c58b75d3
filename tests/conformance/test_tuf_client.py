"""`mag-tuf-client` as the tuf-conformance project drives it: a loopback server, a folder of metadata, exit codes.

The suite itself is on no package index; these are its scenarios, told again with our own simulator.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

import pytest
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import DelegatedRole, Delegations, SuccinctRoles, Targets

from magnitizdat.cli import tuf_client
from magnitizdat.errors import NotFoundError
from tests.fakes_tuf import Repository, edit


class Server:
    """One repository on a loopback port. `padding` is sent after each file, `status` instead of any."""

    def __init__(self) -> None:
        self.repository = Repository(now=datetime.now(UTC))
        self.padding = b""
        self.status = 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                try:
                    body = outer.repository.serve(self.path.lstrip("/")) + outer.padding
                    status = outer.status or 200
                except NotFoundError:
                    body, status = b"", 404
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                with suppress(OSError):  # the client had enough
                    self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in the base class
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"
        threading.Thread(target=self.http.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self.http.shutdown()
        self.http.server_close()


class Client:
    def __init__(self, server: Server, folder: Path) -> None:
        self.server = server
        self.metadata = folder / "metadata"
        self.targets = folder / "targets"
        self.metadata.mkdir()
        self.targets.mkdir()
        self.root = folder / "initial_root.json"
        self.root.write_bytes(server.repository.files["metadata/1.root.json"])

    def init(self) -> int:
        return tuf_client.main(["--metadata-dir", str(self.metadata), "init", str(self.root)])

    def refresh(self) -> int:
        self.server.repository.asked.clear()
        return tuf_client.main(
            ["--metadata-dir", str(self.metadata), "--metadata-url", f"{self.server.url}/metadata", "refresh"]
        )

    def download(self, name: str) -> int:
        self.server.repository.asked.clear()
        options = ["--metadata-url", f"{self.server.url}/metadata/", "--metadata-dir", str(self.metadata)]
        options += ["--target-name", name, "--target-dir", str(self.targets)]
        return tuf_client.main([*options, "--target-base-url", f"{self.server.url}/targets", "download"])

    def version(self, role: str) -> int:
        return json.loads((self.metadata / f"{role}.json").read_bytes())["signed"]["version"]

    def versions(self) -> dict[str, int]:
        return {path.stem: self.version(path.stem) for path in self.metadata.iterdir()}

    def downloaded(self) -> list[bytes]:
        return sorted(path.read_bytes() for path in self.targets.iterdir())

    def asked(self) -> list[str]:
        return [name.removeprefix("metadata/") for name in self.server.repository.asked]


@pytest.fixture
def server() -> Iterator[Server]:
    found = Server()
    yield found
    found.close()


@pytest.fixture
def repository(server: Server) -> Repository:
    return server.repository


@pytest.fixture
def client(server: Server, tmp_path: Path) -> Client:
    found = Client(server, tmp_path)
    assert found.init() == 0
    assert server.repository.asked == []
    return found


def past() -> datetime:
    return datetime.now(UTC) - timedelta(days=5)


ALL = {"root": 1, "timestamp": 1, "snapshot": 1, "targets": 1}


# -- basics -----------------------------------------------------------------------------------------------------------


def test_init_and_refresh(client):
    assert client.refresh() == 0
    assert client.asked() == ["2.root.json", "timestamp.json", "1.snapshot.json", "1.targets.json"]
    assert client.versions() == ALL
    assert client.refresh() == 0
    assert client.asked() == ["2.root.json", "timestamp.json"]


def test_a_download_refreshes_by_itself(client):
    assert client.download("nonexistent artifact") == 1
    assert client.asked() == ["2.root.json", "timestamp.json", "1.snapshot.json", "1.targets.json"]
    assert client.versions() == ALL


@pytest.mark.parametrize(
    "spoil", [lambda value: value["signed"].pop("version"), lambda value: value["signatures"][0].update(sig="00" * 64)]
)
def test_a_bad_first_root_leads_nowhere(server, tmp_path, spoil):
    client = Client(server, tmp_path)
    client.root.write_bytes(edit(client.root.read_bytes(), spoil))
    client.init()
    assert client.refresh() == 1
    assert client.asked() == []


def test_a_folder_without_a_root_is_said_so(server, tmp_path, capsys):
    assert Client(server, tmp_path).refresh() == 1
    assert "run init" in capsys.readouterr().err


def test_an_unreadable_first_root(server, tmp_path):
    client = Client(server, tmp_path)
    client.root.unlink()
    assert client.init() == 1


def test_without_consistent_snapshots_names_have_no_version(server, tmp_path):
    server.repository = Repository(consistent=False, now=datetime.now(UTC))
    server.repository.add_target("file.txt", b"content")
    server.repository.publish()
    client = Client(server, tmp_path)
    assert client.init() == 0
    assert client.download("file.txt") == 0
    assert client.asked()[2:] == ["snapshot.json", "targets.json", "targets/file.txt"]


def test_another_timestamp_of_the_same_version_is_not_taken(client, repository):
    assert client.refresh() == 0
    held = (client.metadata / "timestamp.json").read_bytes()
    repository.timestamp.snapshot_meta.version = 100
    repository.publish_timestamp(bump=False)
    client.refresh()
    assert (client.metadata / "timestamp.json").read_bytes() == held


def test_custom_fields(client, repository):
    repository.root.unrecognized_fields["custom-field"] = "value"
    key = repository.root.keys[repository.root.roles["root"].keyids[0]]
    key.unrecognized_fields["extra-field"] = {"a": 1, "b": 2}
    key.unrecognized_fields["keyid_hash_algorithms"] = ["md5"]
    repository.publish_root()
    assert client.refresh() == 0
    assert client.version("root") == 2


# -- rollback and mismatch --------------------------------------------------------------------------------------------


def test_timestamp_rollback(client, repository):
    old = dict(repository.files)
    repository.publish_timestamp()
    assert client.refresh() == 0
    repository.files = old
    assert client.refresh() == 1
    assert client.version("timestamp") == 2
    assert client.asked()[-1] == "timestamp.json"


@pytest.mark.parametrize("hashes", [False, True])
def test_snapshot_rollback(client, repository, hashes):
    repository.hashes = hashes
    repository.publish()
    assert client.refresh() == 0
    repository.snapshot.version = 1
    repository.publish_snapshot(bump=False)
    repository.publish_timestamp()
    assert client.refresh() == 1
    assert (client.version("timestamp"), client.version("snapshot")) == (2, 2)
    assert client.asked()[-1] == "timestamp.json"


@pytest.mark.parametrize("hashes", [False, True])
def test_targets_rollback(client, repository, hashes):
    repository.hashes = hashes
    repository.publish()
    assert client.refresh() == 0
    repository.targets.version = 1
    repository.write_targets("targets")
    repository.publish_snapshot()
    assert client.refresh() == 1
    assert (client.version("snapshot"), client.version("targets")) == (2, 2)


def test_snapshot_version_mismatch(client, repository):
    repository.hashes = False
    repository.publish()
    newer = repository.files["metadata/2.snapshot.json"]
    repository.timestamp.snapshot_meta.version = 1
    repository.timestamp.snapshot_meta.hashes = None
    repository.timestamp.snapshot_meta.length = None
    repository.publish_timestamp()
    repository.files["metadata/1.snapshot.json"] = newer
    assert client.refresh() == 1
    assert client.versions() == {"root": 1, "timestamp": 3}
    assert client.asked()[-1] == "1.snapshot.json"


def test_targets_hash_mismatch(client, repository):
    assert client.refresh() == 0
    repository.publish()
    repository.targets.unrecognized_fields["x"] = 1
    repository.files["metadata/2.targets.json"] = repository.sign(repository.targets, repository.signers["targets"])
    assert client.refresh() == 1
    assert client.version("targets") == 1


@pytest.mark.parametrize("roles", [("timestamp",), ("snapshot", "timestamp"), ("snapshot",)])
def test_fast_forward_recovery(client, repository, roles):
    victim = {("timestamp",): repository.timestamp, ("snapshot",): repository.targets}.get(roles, repository.snapshot)
    victim.version = 99_999
    repository.publish()
    assert client.refresh() == 0
    repository.rotate_and_publish(*roles)
    victim.version = 1
    repository.publish()
    assert client.refresh() == 0
    assert client.version(victim.type) == 2


# -- expiry -----------------------------------------------------------------------------------------------------------


def test_an_expired_root_is_kept_and_nothing_else(client, repository):
    assert client.refresh() == 0
    repository.root.expires = past()
    repository.publish_root()
    repository.publish()
    assert client.refresh() == 1
    assert client.versions() == {**ALL, "root": 2}


@pytest.mark.parametrize(
    ("role", "kept"),
    [("timestamp", {}), ("snapshot", {"timestamp": 2}), ("targets", {"timestamp": 2, "snapshot": 2})],
)
def test_expired_metadata_is_not_kept(client, repository, role, kept):
    assert client.refresh() == 0
    signed = {"timestamp": repository.timestamp, "snapshot": repository.snapshot, "targets": repository.targets}
    signed[role].expires = past()
    repository.publish()
    assert client.refresh() == 1
    assert client.versions() == ALL | kept


def test_expired_local_metadata_still_leads_to_newer(client, repository, monkeypatch):
    safe = repository.timestamp.expires
    repository.timestamp.expires = datetime.now(UTC) + timedelta(days=7)
    repository.publish_timestamp()
    assert client.refresh() == 0
    repository.timestamp.expires = safe
    repository.publish()

    class Later(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + timedelta(days=18)

    monkeypatch.setattr(tuf_client, "datetime", Later)
    assert client.refresh() == 0
    assert (client.version("timestamp"), client.version("snapshot"), client.version("targets")) == (3, 2, 2)


# -- keys and thresholds ----------------------------------------------------------------------------------------------

ROOT_CASES = {
    "rotated": [([1], 1, [1]), ([2], 1, [2, 1]), ([2], 1, [2])],
    "rotated, unused signatures": [([1], 1, [3, 1, 4]), ([2], 1, [3, 2, 1, 4]), ([2], 1, [3, 2, 4])],
    "3 of 5, other three": [([0, 1, 2, 3, 4], 3, [0, 2, 4]), ([0, 1, 2, 3, 4], 3, [0, 4, 1])],
    "3 of 5, one rotated": [([0, 1, 2, 3, 4], 3, [0, 2, 4]), ([0, 1, 3, 4, 5], 3, [0, 4, 1])],
    "3 of 5, all rotated": [([0, 1, 2, 3, 4], 3, [0, 2, 4]), ([5, 6, 7, 8, 9], 3, [0, 2, 4, 5, 6, 7])],
    "threshold up": [([1, 2, 3], 1, [1]), ([1, 2, 3], 2, [1, 2])],
    "threshold down": [([1, 2, 3], 2, [1, 2]), ([1, 2, 3], 1, [1, 2]), ([1, 2, 3], 1, [1])],
    "1 of 1 to 2 of 2": [([1], 1, [1]), ([1, 2], 2, [1, 2])],
}
BAD_ROOT_CASES = {
    "no old key": [([1], 1, [1]), ([2], 1, [2, 3, 4])],
    "no new key": [([1], 1, [1]), ([2], 1, [1, 3, 4])],
    "too few new keys": [([0, 1, 2, 3, 4], 3, [0, 2, 4]), ([0, 1, 3, 4, 5], 3, [0, 2, 4])],
    "too few old keys": [([0, 1, 2, 3, 4], 3, [0, 2, 4]), ([0, 1, 3, 4, 5], 3, [0, 4, 5])],
    "new threshold missed": [([1, 2, 3], 1, [1]), ([1, 2, 3], 2, [2])],
    "old threshold missed": [([1, 2, 3], 2, [1, 2]), ([1, 2, 3], 1, [1])],
}


@pytest.mark.parametrize("case", [*ROOT_CASES, *BAD_ROOT_CASES])
def test_root_rotation(server, repository, tmp_path, case):
    signers = [CryptoSigner.generate_ed25519() for _ in range(10)]
    steps = ROOT_CASES.get(case) or BAD_ROOT_CASES[case]
    for version, (keys, threshold, signing) in enumerate(steps, 1):
        repository.root.roles["root"].keyids = []
        for number in keys:
            repository.root.add_key(signers[number].public_key, "root")
        repository.root.roles["root"].threshold = threshold
        repository.root.version = version
        repository.signers["root"] = [signers[number] for number in signing]
        repository.publish_root(bump=False)
    client = Client(server, tmp_path)
    assert client.init() == 0
    good = case in ROOT_CASES
    assert client.refresh() == (0 if good else 1)
    newest = len(steps) if good else len(steps) - 1
    assert (client.metadata / "root.json").read_bytes() == repository.files[f"metadata/{newest}.root.json"]


@pytest.mark.parametrize("role", ["timestamp", "snapshot", "targets"])
@pytest.mark.parametrize(
    "case",
    [
        ([2], 1, [2], 0),
        ([1], 1, [3, 1, 4], 0),
        ([2], 1, [1, 3, 4], 1),
        ([0, 1, 3, 4, 5], 3, [0, 2, 4], 1),
        ([0, 1, 3, 4, 5], 3, [0, 4], 1),
        ([0, 1, 2, 3, 4], 3, [2, 3, 4], 0),
        ([0, 1], 3, [0, 1], 1),
    ],
)
def test_other_roles_rotate(client, repository, role, case):
    keys, threshold, signing, code = case
    assert client.refresh() == 0
    signers = [CryptoSigner.generate_ed25519() for _ in range(6)]
    repository.root.roles[role].keyids = []
    for number in keys:
        repository.root.add_key(signers[number].public_key, role)
    repository.root.roles[role].threshold = threshold
    repository.signers[role] = [signers[number] for number in signing]
    repository.publish_root()
    repository.publish()
    assert client.refresh() == code
    assert client.version(role) == (2 if code == 0 else 1)
    assert client.version("root") == 2


def test_one_key_under_many_ids_is_one(client, repository):
    assert client.refresh() == 0
    only = repository.signers["snapshot"][0]
    key = only.public_key
    twins = [type(key)(f"id-{number}", key.keytype, key.scheme, dict(key.keyval)) for number in range(9)]
    for twin in twins:
        repository.root.add_key(twin, "snapshot")
    repository.root.roles["snapshot"].threshold = 6
    repository.signers["snapshot"] += [CryptoSigner(only._private_key, twin) for twin in twins]
    repository.publish_root()
    repository.publish()
    assert client.refresh() == 1
    assert client.version("snapshot") == 1


# -- downloads --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["target_file.txt", "path/to/a/target_file.txt", "..%2F..", "CON"])
def test_a_file_is_downloaded_once(client, repository, name):
    repository.add_target(name, b"target file contents")
    repository.publish()
    assert client.refresh() == 0
    assert client.downloaded() == []
    assert client.download(name) == 0
    assert client.downloaded() == [b"target file contents"]
    assert client.download(name) == 0
    assert not any(path.startswith("targets/") for path in repository.asked)


def test_a_target_path_never_leaves_the_folder(client, repository, tmp_path):
    repository.add_target("../../escape", b"x")
    repository.publish()
    client.download("../../escape")
    assert not list(tmp_path.parent.glob("**/escape"))


def test_substituted_files_are_refused(client, repository):
    repository.add_target("one", b"content one")
    repository.add_target("two", b"content two")
    repository.publish()
    assert client.download("one") == 0
    for name in [name for name in repository.files if name.startswith("targets/")]:
        repository.files[name] = b"malicious!!"
    client.download("one")
    assert client.download("two") == 1
    assert client.downloaded() == [b"content one"]


def test_a_changed_file_takes_the_place_of_the_old(client, repository):
    for content in (b"first", b"second", b"third one"):
        repository.add_target("file", content)
        repository.publish()
        assert client.download("file") == 0
        assert client.downloaded() == [content]


def test_a_file_that_is_missing_or_too_long_fails(client, server, repository):
    repository.add_target("file", b"content")
    repository.publish()
    stored = next(name for name in repository.files if name.startswith("targets/"))
    repository.files[stored] += b"and more"
    assert client.download("file") == 1
    del repository.files[stored]
    assert client.download("file") == 1
    assert client.downloaded() == []
    with pytest.raises(SystemExit):
        tuf_client.main(["--metadata-dir", "x"])
    assert tuf_client.main(["--metadata-dir", str(client.metadata), "download"]) == 1


def test_a_target_beyond_the_cap_is_refused_before_it_is_fetched(client, repository):
    repository.add_target("huge", b"x")
    repository.targets.targets["huge"].length = tuf_client.MAX_TARGET_LENGTH + 1
    repository.publish()
    assert client.download("huge") == 1
    assert not any(path.startswith("targets/") for path in repository.asked)


@pytest.mark.parametrize("length", [16_385, 9_000_000])
def test_endless_metadata_is_cut_off(client, server, length):
    server.padding = b" " * length
    assert client.refresh() == 1
    assert client.versions() == {"root": 1}


@pytest.mark.parametrize("status", [500, 206, 418])
def test_a_server_in_trouble_is_not_an_end_of_the_root_chain(client, server, repository, status):
    repository.publish_root()
    server.status = status
    assert client.refresh() == 1
    assert client.versions() == {"root": 1}


def test_a_server_that_is_gone(client, server, capsys):
    server.close()
    assert client.refresh() == 1
    assert "does not answer" in capsys.readouterr().err


# -- delegations ------------------------------------------------------------------------------------------------------

GRAPHS = {
    "one": ([("targets", "A", {})], "A"),
    "two": ([("targets", "A", {}), ("targets", "B", {})], "AB"),
    "two levels": ([("targets", "A", {}), ("targets", "B", {}), ("B", "C", {})], "ABC"),
    "depth first": ([("targets", "A", {}), ("targets", "B", {}), ("A", "C", {}), ("A", "D", {})], "ACDB"),
    "three levels": ([("targets", "A", {}), ("targets", "B", {}), ("A", "C", {}), ("C", "D", {})], "ACDB"),
    "terminating": (
        [("targets", "A", {}), ("targets", "B", {}), ("A", "C", {"terminating": True}), ("A", "D", {})],
        "AC",
    ),
    "terminating with children": (
        [("targets", "A", {}), ("targets", "B", {}), ("A", "C", {"terminating": True}), ("C", "D", {})],
        "ACD",
    ),
    "paths that do not match": ([("targets", "A", {"paths": ["*.py"]}), ("targets", "B", {}), ("A", "C", {})], "B"),
    "hash prefixes": (
        [("targets", "A", {"prefixes": ["e", "0"]}), ("targets", "B", {"prefixes": [f"{n:x}" for n in range(16)]})],
        None,
    ),
    "cycle": ([("targets", "A", {}), ("targets", "B", {}), ("B", "C", {}), ("C", "D", {}), ("D", "B", {})], "ABCD"),
    "two ways to one": ([("targets", "A", {}), ("targets", "B", {}), ("B", "C", {}), ("A", "C", {})], "ACB"),
    "two ways, other paths": (
        [("targets", "A", {}), ("targets", "B", {}), ("B", "C", {}), ("A", "C", {"paths": ["*.py"]})],
        "ABC",
    ),
}


@pytest.mark.parametrize("graph", GRAPHS)
def test_delegations_are_walked_in_order(client, repository, graph):
    edges, order = GRAPHS[graph]
    for delegator, role, options in edges:
        repository.delegate(delegator, role, **options)
    repository.publish()
    assert client.download("missingpath") == 1
    visited = [name.removesuffix(".json").partition(".")[2] for name in client.asked()[4:]]
    assert visited == list(order) if order is not None else visited[-1] == "B"


@pytest.mark.parametrize(
    ("name", "found", "visited"),
    [
        ("targetfile", True, []),
        ("README.md", True, ["A"]),
        ("releases/x/x_v1", True, ["B", "C"]),
        ("releases/y/y_v1.zip", True, ["B", "D"]),
        ("releases/z/z_v1.zip", False, ["B"]),
    ],
)
def test_targets_are_found_through_delegations(client, repository, name, found, visited):
    repository.delegate("targets", "A", paths=["*.doc", "*.md"])
    repository.delegate("targets", "B", paths=["releases/*/*"])
    repository.delegate("B", "C", paths=["releases/x/*"])
    repository.delegate("B", "D", paths=["releases/y/*.zip"])
    for role, path in [
        ("targets", "targetfile"),
        ("A", "README.md"),
        ("C", "releases/x/x_v1"),
        ("D", "releases/y/y_v1.zip"),
        ("D", "releases/z/z_v1.zip"),
    ]:
        repository.add_target(path, f"{path} by {role}".encode(), role=role)
    repository.publish()
    assert client.download(name) == (0 if found else 1)
    assert len(client.downloaded()) == found
    assert [asked.split(".")[1] for asked in client.asked()[4:] if not asked.startswith("targets/")] == visited


@pytest.mark.parametrize("role", ["?", "#", "/delegatedrole", "../delegatedrole", "роль"])
def test_odd_role_names_stay_within_the_folder(client, repository, role):
    repository.delegate("targets", role)
    repository.publish()
    quoted = quote(role, safe="")
    assert client.download("nonexistent target") == 1
    assert client.asked()[-1] == f"2.{quoted}.json"
    assert len(list(client.metadata.iterdir())) == 5


def test_delegated_roles_are_kept_and_not_fetched_again(client, repository):
    repository.delegate("targets", "A")
    repository.add_target("file", b"content", role="A")
    repository.publish()
    assert client.download("file") == 0
    assert client.download("file") == 0
    assert client.asked() == ["2.root.json", "timestamp.json"]


def test_an_expired_or_forged_delegate_is_refused(client, repository):
    repository.delegate("targets", "A")
    repository.add_target("file", b"content", role="A")
    repository.roles["A"].expires = past()
    repository.publish()
    assert client.download("file") == 1
    repository.roles["A"].expires = repository.targets.expires
    repository.signers["A"] = [repository.new_signer()]
    repository.publish()
    assert client.download("file") == 1
    assert client.downloaded() == []


def test_a_delegate_that_the_snapshot_does_not_list_is_refused(client, repository):
    repository.delegate("targets", "A")
    repository.publish(roles=["targets"])
    assert client.download("file") == 1


def test_a_maze_of_delegations_is_left(client, repository):
    for number in range(40):
        repository.delegate("targets" if number == 0 else f"r{number - 1}", f"r{number}")
    repository.add_target("file", b"content", role="r39")
    repository.publish()
    assert client.download("file") == 1
    assert len(client.asked()) == 4 + 32


def test_succinct_roles(client, repository):
    signer = repository.new_signer()
    succinct = SuccinctRoles([signer.public_key.keyid], 1, 2, "bin")
    repository.targets.delegations = Delegations({signer.public_key.keyid: signer.public_key}, None, succinct)
    for role in succinct.get_roles():
        repository.roles[role] = Targets(expires=repository.targets.expires)
        repository.signers[role] = [signer]
    repository.add_target("file", b"content", role=succinct.get_role_for_target("file"))
    repository.publish()
    assert client.download("file") == 0
    assert client.downloaded() == [b"content"]


def test_a_role_that_calls_itself_by_a_top_level_name_is_refused(client, repository):
    assert client.refresh() == 0
    repository.delegate("targets", "A")
    delegations = repository.targets.delegations
    assert delegations.roles is not None
    delegations.roles["timestamp"] = DelegatedRole("timestamp", delegations.roles["A"].keyids, 1, False, ["*"])
    repository.publish()
    assert client.refresh() == 1
    assert client.version("targets") == 1
