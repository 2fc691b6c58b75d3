"""What a disk keeps to: nothing beneath a root is changed through a link, and files may be made alike."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from magnitizdat.disk.failures import explained
from magnitizdat.disk.switches import Switches
from magnitizdat.errors import MagError


class Bounds(Switches):
    """Said once for a place, kept to by every change."""

    def confine(self, root: Path, *, alike: bool = False) -> None:
        """From now on nothing beneath `root` is changed through a link; the root itself may be one.

        `alike`: what is written there, folders and the root too, says nothing of when and with which permissions it was
        written, as far as the file system lets us: it may keep when a file was made, and when its entry changed last.
        """
        self._roots.add(root, alike=alike)

    def refuse_link(self, path: Path) -> None:
        """For what others open for writing. Raises: TargetError where a link is there, or on the way from its root."""
        with explained(path):
            self._roots.refuse_link(path)

    def make_alike(self, paths: Iterable[Path]) -> None:
        """Do that to what another program changed; an absent file is fine, and one beneath no such root is let be."""
        for path in paths:
            self._make_alike(path)

    def _make_alike(self, path: Path, descriptor: int | None = None, mode: int = 0) -> None:
        """Without an error: the bytes count, and a file system that keeps no times of ours keeps its own."""
        if self._roots.are_alike(path):
            with suppress(OSError, MagError):
                if mode and not self._private:
                    self._chmod(path, mode)
                self._set_times(path, descriptor)
