"""A system with nothing on it: the C library, `/proc`, `/dev/null` and a temporary folder; no Python, no network."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

NEEDED = (
    "ld-linux-x86-64.so.2 libc.so.6 libdl.so.2 libm.so.6 libmvec.so.1 libpthread.so.0 librt.so.1 libutil.so.1 libz.so.1"
).split()
"""Files of the C library, and zlib, which the bootloader is linked with. Everything else has to be in the one file."""

_BEGIN = """
set -e
mount --make-rprivate /
mount -t proc proc "$ROOT/proc"
mount --bind /dev/null "$ROOT/dev/null"
set +e
run() {
    number=$1; shift
    env -i PATH= HOME=/home TMPDIR=/tmp XDG_RUNTIME_DIR=/run "$CHROOT" "$ROOT" /mag "$@" \
        </dev/null >"$SAID/$number.out" 2>"$SAID/$number.err"
    echo $? >"$SAID/$number.code"
    ls "$ROOT/tmp" >"$SAID/$number.left"
}
"""


class Said(NamedTuple):
    """What one command left behind; `left` are names in the temporary folder after it."""

    code: int
    out: str
    err: str
    left: list[str]


def make_root(root: Path, program: Path) -> Path:
    """Lay out the system with `program` in it as `/mag`."""
    listed = subprocess.run(["ldd", program], capture_output=True, check=True, text=True).stdout
    paths = {Path(found).name: Path(found) for found in re.findall(r"(/\S+) \(0x", listed)}
    folder = paths["libc.so.6"].parent
    for name in NEEDED:
        source = paths.get(name, folder / name)
        if source.exists():
            target = root / str(source).lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
    for name in ("dev", "home", "proc", "run", "tmp"):
        (root / name).mkdir()
    (root / "run").chmod(0o700)
    (root / "dev" / "null").touch()
    shutil.copy(program, root / "mag")
    (root / "mag").chmod(0o755)
    return root


def run_bare(root: Path, said: Path, commands: Sequence[str]) -> list[Said]:
    """Run command lines of `mag` one after the other, each process in namespaces that end with the last of them."""
    said.mkdir()
    script = _BEGIN + "\n".join(f"run {number} {command}" for number, command in enumerate(commands))
    unshare = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child"]
    places = [f"{name}={shlex.quote(str(value))}" for name, value in (("ROOT", root), ("SAID", said))]
    chroot = shutil.which("chroot", path="/usr/sbin:/usr/bin:/sbin:/bin")
    subprocess.run(
        [*unshare, "sh", "-c", "; ".join([*places, f"CHROOT={chroot}"]) + "\n" + script], check=True, timeout=240
    )

    def text(number: int, kind: str) -> str:
        return (said / f"{number}.{kind}").read_text(encoding="utf-8")

    return [
        Said(int(text(number, "code")), text(number, "out"), text(number, "err"), text(number, "left").split())
        for number in range(len(commands))
    ]
