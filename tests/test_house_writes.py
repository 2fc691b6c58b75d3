"""One floor for the disk: nothing outside `disk/` changes a file, and nobody but an edge makes a `Disk`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "src" / "magnitizdat"

_CHANGES = frozenset(
    "chmod chown fchmod fchown ftruncate hardlink_to lchmod lchown makedirs mkfifo mknod removedirs rmdir rmtree"
    " symlink symlink_to touch truncate unlink utime write_bytes write_text".split()
)
"""Names that change a file whatever they are called on."""
_OF_MODULES = {
    "os": frozenset("fdopen link mkdir open remove rename renames replace".split()),
    "shutil": frozenset("chown copy copy2 copyfile copyfileobj copymode copystat copytree make_archive move".split()),
    "tempfile": frozenset(
        "NamedTemporaryFile SpooledTemporaryFile TemporaryDirectory TemporaryFile mkdtemp mkstemp mktemp".split()
    ),
}
_MODE = re.compile(r"[rwaxbtU+]{1,4}")
_WRITING_FLAGS = re.compile(r"O_(WRONLY|RDWR|CREAT|TRUNC|APPEND|TMPFILE)")

MAY_WRITE = {
    "cli/help.py": "the page of help, which is a text and no file",
    "cli/face.py": "stdout goes to the null device when who read it has gone",
    "library/agent.py": "the agent lets go of the pipes of the command that started it",
    "ops/places/targets.py": "a spool on somebody else's file system: fsspec's, not ours to flush",
    "tour/melody.py": "audio into memory",
    "workers/child.py": "the pipes of a worker, which may open nothing",
    "workers/encode.py": "audio into memory",
    "workers/escapes.py": "proves that a caged worker cannot",
}
MAKES_A_DISK = {
    "cli/at_once.py": "in danger, before there is a face",
    "cli/face.py": "for commands",
    "cli/tuf_client.py": "a program of its own: the conformance protocol",
    "library/agent.py": "a process of its own, and the folder of its socket",
    "library/library.py": "a library's own, where it is given none",
    "library/slot.py": "the file `panic` is obeyed before anybody has opened the library with a disk",
    "tour/story.py": "for the story",
    "web/http/service.py": "for the server",
}


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _is_disk(node: ast.expr) -> bool:
    """Whether it is a `Disk` by its name, or made just now."""
    if isinstance(node, ast.Call):
        node = node.func
    return _last_name(node).lower().endswith("disk")


def _opens_for_writing(call: ast.Call) -> bool:
    words = [each.value for each in (*call.args, *(named.value for named in call.keywords)) if _is_text(each)]
    return any(_MODE.fullmatch(word) and set(word) & set("wax+") for word in words)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _changes_a_path(call: ast.Call) -> bool:
    """`mkdir`, `rename`, `replace` of a path, told by their arguments from those of a string, a date or a disk."""
    name, count, named = _last_name(call.func), len(call.args), {each.arg for each in call.keywords}
    if name == "mkdir":
        return count == 0 or named >= {"parents"} or named >= {"exist_ok"}
    return name in {"rename", "replace"} and ((count == 1 and not named) or named == {"target"})


def _is_no_file(node: ast.expr) -> bool:
    """A disk; or an archive that is put together in memory, whose members are opened for writing too."""
    return _is_disk(node) or (isinstance(node, ast.Name) and node.id == "archive")


def writes_in(source: str) -> list[int]:
    """Lines of a module at which something changes a file without a disk."""
    return sorted({node.lineno for node in ast.walk(ast.parse(source)) for _ in _writes(node)})


def _writes(node: ast.AST) -> Iterator[None]:
    if isinstance(node, ast.ImportFrom) and node.module in _OF_MODULES:
        yield from (None for each in node.names if each.name in _OF_MODULES[node.module] | _CHANGES)
    if isinstance(node, ast.Attribute) and not _is_disk(node.value):
        module = node.value.id if isinstance(node.value, ast.Name) else ""
        if node.attr in _CHANGES or (node.attr != "open" and node.attr in _OF_MODULES.get(module, ())):
            yield
    if isinstance(node, ast.Call) and not (isinstance(node.func, ast.Attribute) and _is_no_file(node.func.value)):
        if _changes_a_path(node) or (_last_name(node.func) in {"open", "open_code"} and _opens_for_writing(node)):
            yield
        if ast.unparse(node.func) == "os.open" and _WRITING_FLAGS.search(ast.unparse(node)):
            yield


def disks_in(source: str) -> list[int]:
    """Lines of a module at which a `Disk` is made."""
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return [call.lineno for call in calls if _last_name(call.func) == "Disk"]


def modules() -> Iterator[tuple[str, str]]:
    for path in sorted(ROOT.rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        if not name.startswith("disk/"):
            yield name, path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "planted",
    [
        "open(path, 'w')",
        "open(path, mode='ab')",
        "io.open(path, 'r+b')",
        "path.open('xb')",
        "filesystem.open(path, 'wb')",
        "os.open(path, os.O_RDWR)",
        "os.open(path, os.O_WRONLY | os.O_CREAT)",
        "os.fdopen(descriptor, 'wb')",
        "os.remove(path)",
        "os.replace(draft, path)",
        "os.mkdir(path)",
        "path.write_bytes(b'')",
        "path.write_text('', encoding='utf-8')",
        "path.unlink(missing_ok=True)",
        "path.touch()",
        "path.rename(other)",
        "draft.replace(path)",
        "path.replace(target=other)",
        "path.mkdir()",
        "path.mkdir(0o700, parents=True, exist_ok=True)",
        "path.rmdir()",
        "path.chmod(0o600)",
        "path.symlink_to(other)",
        "list(map(Path.unlink, paths))",
        "shutil.rmtree(path)",
        "shutil.copyfile(path, other)",
        "shutil.move(path, other)",
        "tempfile.TemporaryDirectory()",
        "tempfile.mkdtemp(prefix='x')",
    ],
)
def test_planted_writes_are_found(planted):
    assert writes_in(f'"""A module."""\nvalue = {planted}\n') == [2]


@pytest.mark.parametrize("planted", ["from os import remove", "from shutil import rmtree, disk_usage"])
def test_planted_imports_are_found(planted):
    assert writes_in(f'"""A module."""\n{planted}\n') == [2]


@pytest.mark.parametrize(
    "harmless",
    [
        "open(path, 'rb')",
        "path.open(encoding='utf-8')",
        "os.open(path, os.O_RDONLY)",
        "self._disk.mkdir(path)",
        "disk.rename(draft, path)",
        "out.disk(private=True).remove_tree(path)",
        "'a-b'.replace('-', '')",
        "structs.replace(value, title='w')",
        "moment.replace(tzinfo=UTC)",
        "shutil.disk_usage(path)",
        "tempfile.gettempdir()",
        "webbrowser.open(link)",
        "counts.remove(number)",
    ],
)
def test_what_changes_nothing_is_let_be(harmless):
    assert writes_in(f'"""A module."""\nvalue = {harmless}\n') == []


def test_nothing_but_the_disk_changes_a_file():
    found = {name: lines for name, source in modules() if (lines := writes_in(source))}
    assert {name: lines for name, lines in found.items() if name not in MAY_WRITE} == {}
    assert found.keys() == MAY_WRITE.keys()  # an exception that is none any more goes


def test_a_disk_is_passed_in():
    assert disks_in("disk = Disk(private=True)\nother = disk_module.Disk()\ndef write(disk: Disk): ...\n") == [1, 2]
    found = {name: lines for name, source in modules() if (lines := disks_in(source))}
    assert {name: lines for name, lines in found.items() if name not in MAKES_A_DISK} == {}
    assert found.keys() == MAKES_A_DISK.keys()
