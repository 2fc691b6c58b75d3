"""The terminal: thin handlers over ops. Nothing heavy is imported until a command needs it."""

from __future__ import annotations

import sys


def main(arguments: list[str] | None = None) -> int:
    """Entry point of `mag`; returns the exit code (DESIGN, section 5)."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments == ["--version"]:
        from magnitizdat import __version__

        sys.stdout.write(f"mag {__version__}\n")
        return 0
    if "panic" in arguments and "--yes" in arguments:
        from magnitizdat.cli.at_once import panic_at_once

        panic_at_once(arguments)
    from magnitizdat.cli.run import run

    return run(arguments)
