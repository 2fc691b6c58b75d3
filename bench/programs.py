"""The programs that are compared: this one as its users run it, and its peers."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.measure import Memory, command, forget, fresh, memory_of, surroundings

PASSPHRASE = "zoo zoo zoo zoo zoo zoo"


class Mag:
    """`mag` with a library of its own, unlocked by the agent; another build of it where one is named."""

    def __init__(self, folder: Path, program: Path | None = None) -> None:
        self.folder = folder
        self.program = program or Path(sys.executable).parent / "mag"
        self.library = folder / "library"
        self._secret = folder / "passphrase"
        folder.mkdir(parents=True, exist_ok=True)
        self._secret.write_text(PASSPHRASE)
        runtime = folder / "run"
        runtime.mkdir(mode=0o700, exist_ok=True)
        self.environment = {"XDG_RUNTIME_DIR": str(runtime), "XDG_DATA_HOME": str(folder / "data")}

    def argv(self, *words: str | Path, keyless: bool = False) -> list[str | Path]:
        chosen = [] if keyless else ["--library", self.library]
        return [self.program, *chosen, "--yes", "--quiet", *words]

    def __call__(self, *words: str | Path, keyless: bool = False, ok: Sequence[int] = (0,)) -> float:
        """Seconds of one command."""
        return command(self.argv(*words, keyless=keyless), env=self.environment, ok=ok)

    def memory(self, *words: str | Path, keyless: bool = False, ok: Sequence[int] = (0,)) -> Memory:
        return memory_of(self.argv(*words, keyless=keyless), env=self.environment, ok=ok)

    def begin(self) -> Mag:
        """A new, empty, unlocked library."""
        self.end()
        shutil.rmtree(self.library, ignore_errors=True)
        self("--passphrase-file", self._secret, "init")
        self("--passphrase-file", self._secret, "unlock")
        return self

    def card(self, name: str) -> Path:
        """A file with this library's card, made anew."""
        path = self.folder / f"{name}.json"
        path.unlink(missing_ok=True)
        self("card", "--name", name, "--to", path)
        return path

    def document(self, *words: str | Path) -> dict[str, object]:
        said = subprocess.run(
            [str(each) for each in (self.program, "--library", self.library, "--json", *words)],
            env=surroundings(self.environment),
            capture_output=True,
            check=True,
        )
        found: dict[str, object] = json.loads(said.stdout)
        return found

    def end(self) -> None:
        """Let the agent go."""
        command(self.argv("lock"), env=self.environment, ok=(0, 1, 2, 10, 11, 12))


class Restic:
    """restic, repository on the same disk."""

    def __init__(self, folder: Path) -> None:
        self._repository = folder / "restic"
        self._env = {
            "RESTIC_PASSWORD": PASSPHRASE,
            "RESTIC_REPOSITORY": str(self._repository),
            "RESTIC_CACHE_DIR": str(folder / "restic-cache"),
        }

    def begin(self) -> None:
        fresh(self._repository)
        command(["restic", "init", "-q"], env=self._env)

    def backup(self, music: Path) -> float:
        self.begin()
        return command(["restic", "backup", "-q", music], env=self._env)

    def promise(self, music: Path) -> float:
        """What a cut promises, but for parity: backed up, flushed, and every byte read back from the medium."""
        seconds = self.backup(music) + command(["sync", "-f", self._repository])
        forget(self._repository)
        return seconds + command(["restic", "check", "-q", "--read-data"], env=self._env)

    def restore(self, target: Path) -> float:
        fresh(target)
        return command(["restic", "restore", "-q", "latest", "--target", target], env=self._env)


class Borg:
    """BorgBackup 1, encrypted with its recommended mode."""

    def __init__(self, folder: Path) -> None:
        self._repository = folder / "borg"
        self._env = {
            "BORG_PASSPHRASE": PASSPHRASE,
            "BORG_BASE_DIR": str(folder / "borg-base"),
            "BORG_RELOCATED_REPO_ACCESS_IS_OK": "yes",
        }

    def begin(self) -> None:
        shutil.rmtree(self._repository, ignore_errors=True)
        command(["borg", "init", "-e", "repokey-blake2", self._repository], env=self._env)

    def backup(self, music: Path) -> float:
        self.begin()
        return command(["borg", "create", f"{self._repository}::one", music], env=self._env)

    def restore(self, target: Path) -> float:
        fresh(target)
        return command(["borg", "extract", f"{self._repository}::one"], env=self._env, cwd=target)


class TarAgePar2:
    """A tar sealed by age, then 10 % of parity by the system's par2, as it does that by itself."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "tar"
        self._key = folder / "age.key"

    def backup(self, music: Path) -> float:
        fresh(self._folder)
        self._key.unlink(missing_ok=True)
        command(["age-keygen", "-o", self._key])
        recipient = subprocess.run(
            ["age-keygen", "-y", str(self._key)], capture_output=True, check=True, text=True
        ).stdout.strip()
        script = 'tar -cf - "$1" | age -r "$2" -o sealed.age && par2 create -q -q -r10 sealed.par2 sealed.age'
        return command(["sh", "-c", script, "sh", music, recipient], cwd=self._folder)


class Beets:
    """beets: its tags as they are, files copied."""

    def __init__(self, folder: Path, program: str) -> None:
        self._folder = folder / "beets"
        self._program = program

    def take(self, music: Path) -> float:
        fresh(self._folder)
        settings = self._folder / "config.yaml"
        settings.write_text(f"directory: {self._folder}/music\nlibrary: {self._folder}/library.db\nplugins: []\n")
        argv = [self._program, "-c", settings, "import", "-A", "-c", "-q", music]
        return command(argv, env={"BEETSDIR": str(self._folder)})


def build_before() -> Path | None:
    """Another build of `mag` to compare with, of the environment's BENCH_YESTERDAY."""
    named = os.environ.get("BENCH_YESTERDAY")
    return Path(named) if named else None


def real_music() -> Path | None:
    """A folder of music as people have it, of the environment's BENCH_MUSIC."""
    named = os.environ.get("BENCH_MUSIC")
    return Path(named) if named else None


def beets_program() -> str | None:
    """`beet` of the path or of the environment's BENCH_BEET."""
    return os.environ.get("BENCH_BEET") or shutil.which("beet")


def par2_program() -> str:
    """The par2 that the system has, not the one of our wheel."""
    return shutil.which("par2", path="/usr/bin:/usr/local/bin") or "par2"


def par2_of(reel: Path, verb: str) -> float:
    """Debian's par2 over all groups of a reel, one after the other."""
    seconds = 0.0
    for index in sorted(reel.rglob("*.par2")):
        if ".vol" not in index.name:
            seconds += command([par2_program(), verb, "-q", "-q", index.name], cwd=index.parent, ok=(0, 1))
    return seconds
