"""What the house asks of every module, and of the suite itself."""

from __future__ import annotations

import ast
import errno
import os
import re
import shutil
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.conftest import IN_NO_NETWORK, missing

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "src").rglob("*.py"))
LINE_LIMIT = 420


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def too_long(modules: dict[str, str], decisions: str) -> dict[str, int]:
    """Modules over the limit that no decision record names, with their lines."""
    lengths = {name: len(source.splitlines()) for name, source in modules.items()}
    return {name: length for name, length in lengths.items() if length > LINE_LIMIT and name not in decisions}


def test_modules_are_short_or_have_a_decision_record():
    decisions = "\n".join(each.read_text(encoding="utf-8") for each in (ROOT / "docs" / "adr").glob("*.md"))
    names = {module: relative(module).removeprefix("src/magnitizdat/") for module in MODULES}
    assert not too_long({names[module]: module.read_text(encoding="utf-8") for module in MODULES}, decisions)


def test_a_long_module_would_be_found():
    planted = {"ops/dub/planted.py": "pass\n" * (LINE_LIMIT + 1), "ops/dub/short.py": "pass\n" * LINE_LIMIT}
    assert too_long(planted, "") == {"ops/dub/planted.py": LINE_LIMIT + 1}
    assert not too_long(planted, "ops/dub/planted.py is a table")


def test_modules_say_what_they_are():
    trees = {relative(module): ast.parse(module.read_text(encoding="utf-8")) for module in MODULES}
    assert not [name for name, tree in trees.items() if not ast.get_docstring(tree)]


# -- one home for SQL --------------------------------------------------------------------------------------------------

INDEX = "src/magnitizdat/library/index/"
_SQL = re.compile(
    r"\b(SELECT\s|INSERT\s+(OR\s+\w+\s+)?INTO\b|UPDATE\s+\w+\s+SET\b|DELETE\s+FROM\b|PRAGMA\b"
    r"|(LEFT|CROSS)?\s*JOIN\s+\w+\s|(CREATE|ALTER|DROP)\s+(TABLE|INDEX|VIEW|TRIGGER)\b|ORDER\s+BY\s|WHERE\s)"
)


def strings_of(source: str) -> list[tuple[int, str]]:
    """Strings of a module but its docstrings, each with its line; of an f-string what stands between its values."""
    tree = ast.parse(source)
    words = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    found = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in words)
    return [(node.lineno, node.value) for node in found if isinstance(node.value, str)]


def sql_in(source: str) -> list[int]:
    """Lines of a module at which a string is SQL, or a part of it."""
    return [line for line, text in strings_of(source) if _SQL.search(text)]


@pytest.mark.parametrize(
    "planted",
    [
        'library.run("SELECT 1 FROM track")',
        'library.run(f"DELETE FROM {table}")',
        'changes.then(lambda index: index.run("INSERT OR REPLACE INTO job VALUES (?, ?, ?)", line))',
        '"UPDATE blob SET complete = 0"',
        'albums(f"{start} WHERE own")',
        'all("PRAGMA wal_checkpoint(TRUNCATE)")',
    ],
)
def test_planted_sql_is_found(planted):
    assert sql_in(f'"""A module."""\nvalue = {planted}\n') == [2]


def test_words_about_sql_are_none():
    assert sql_in('"""What one may SELECT FROM track."""\nselect = "select an album from your library"\n') == []


def test_sql_has_one_home():
    found = {relative(module): sql_in(module.read_text(encoding="utf-8")) for module in MODULES}
    assert not {name: lines for name, lines in found.items() if lines and not name.startswith(INDEX)}
    assert sum(map(bool, found.values())) > 10


def inserts_of(source: str) -> set[str]:
    """Tables that a module puts lines into."""
    return {found[1] for _, text in strings_of(source) for found in re.finditer(r"\bINTO\s+(\w+)", text)}


def test_each_table_is_filled_in_one_module_and_its_columns_are_named():
    tables: dict[str, list[str]] = {}
    for module in (ROOT / INDEX).glob("*.py"):
        source = module.read_text(encoding="utf-8")
        assert not [line for line, text in strings_of(source) if re.search(r"\bINTO\s+\w+\s+(VALUES|SELECT)\b", text)]
        for table in inserts_of(source):
            tables.setdefault(table, []).append(module.name)
    assert not {table: modules for table, modules in tables.items() if len(modules) > 1}
    assert len(tables) > 20


def tracked_files() -> list[Path]:
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        missing("not a checkout of git")
    listed = subprocess.run([git, "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def test_no_file_names_a_machine_or_a_registry():
    """Paths of one machine, and addresses that packages were downloaded from."""
    machine = re.compile(r"/(?:work|root)/[a-z.]|/home/[a-z]+/|/tmp/bash" + "_jobs")
    registry = re.compile(r"https?://[^\s\"']*(?:/simple\b|pythonhosted|deb\.debian)")
    found = []
    for path in tracked_files():
        if path == Path(__file__):
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [
            f"{relative(path)}:{number}: {line.strip()[:100]}"
            for number, line in enumerate(text.splitlines(), start=1)
            if machine.search(line) or registry.search(line)
        ]
    assert not found


def test_constraints_are_names_and_exact_versions():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    names = [line.partition("==")[0] for line in pins]
    assert names == sorted(names)
    assert all(re.fullmatch(r"[a-z0-9-]+==[0-9][0-9a-z.]*", line) for line in pins)


def test_every_dependency_is_pinned():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    wanted += [each for extra in project["project"]["optional-dependencies"].values() for each in extra]
    names = {re.split(r"[\[<>=~! ]", each)[0].lower() for each in wanted} - {"magnitizdat"}
    pins = {line.partition("==")[0] for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()}
    assert names <= pins


def test_every_dependency_has_a_floor_that_its_pin_reaches():
    """Whoever installs without our constraints gets no version that is older than a hole that we know of."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    wanted += [each for extra in project["project"]["optional-dependencies"].values() for each in extra]
    pins = dict(
        re.findall(r"^([a-z0-9-]+)==(.+)$", (ROOT / "constraints.txt").read_text(encoding="utf-8"), re.MULTILINE)
    )
    for each in map(Requirement, wanted):
        if each.name != "magnitizdat":
            assert [floor.operator for floor in each.specifier] == [">="], each
            assert each.specifier.contains(pins[each.name]), each


def imported_by(*arguments: str) -> set[str]:
    """Top-level modules that a command imports."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "magnitizdat.cli", *arguments],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    lines = [line for line in done.stderr.decode().splitlines() if line.startswith("import time:")]
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in lines}


def test_the_version_costs_no_imports():
    imported = imported_by("--version")
    assert "magnitizdat" in imported
    assert not imported & {
        "typer",
        "rich",
        "msgspec",
        "cryptography",
        "apsw",
        "tuf",
        "av",
        "fsspec",
        "mutagen",
        "babel",
    }


@pytest.mark.parametrize("code", ["en", "da"])
def test_the_help_opens_neither_music_nor_network(code):
    imported = imported_by("--lang", code, "--help")
    assert "typer" in imported
    assert not imported & {
        "apsw",
        "tuf",
        "securesystemslib",
        "av",
        "fsspec",
        "mutagen",
        "urllib3",
        "s3fs",
        "zxingcpp",
        "babel",
    }


# -- offline -----------------------------------------------------------------------------------------------------------


def test_a_connection_is_refused_and_remembered(offline):
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("192.0.2.1", 9), timeout=1)
    with pytest.raises(ConnectionRefusedError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.sendto(b"", ("192.0.2.1", 9))
    with pytest.raises(ConnectionRefusedError):
        socket.getaddrinfo("music.example", 443)
    assert len(offline.attempts) == 3
    offline.attempts.clear()


def test_loopback_is_there():
    with socket.create_server(("127.0.0.1", 0)) as server:
        with socket.create_connection(server.getsockname(), timeout=5) as client:
            accepted, _ = server.accept()
            accepted.close()
        assert client


def test_children_have_no_route_either(request):
    if not request.config.stash[IN_NO_NETWORK]:
        missing("no network namespace: this system gives one to root on Linux only")
    code = "import socket; s = socket.socket(); s.settimeout(5); print(s.connect_ex(('192.0.2.1', 9)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert int(done.stdout) == errno.ENETUNREACH


def test_a_class_name_means_one_thing():
    """Those of the OpenSubsonic specification stand apart: they are named by it."""
    homes: dict[str, set[str]] = {}
    for module in MODULES:
        if relative(module).startswith("src/magnitizdat/web/subsonic/model"):
            continue
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                homes.setdefault(node.name.lstrip("_"), set()).add(f"{relative(module)}:{node.lineno}")
    assert not {name: places for name, places in homes.items() if len(places) > 1}
