"""The first lines of the frozen program (ADR 0011): which role it was started in, and what its bootloader changed."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

from magnitizdat import program
from magnitizdat.cli import main as command_line
from magnitizdat.errors import TargetError

_CERTIFICATES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Arch, Gentoo
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  # Fedora
    "/etc/ssl/ca-bundle.pem",  # openSUSE
    "/etc/ssl/cert.pem",  # Alpine, macOS
)
_SAME_CTRL_C_S = 0.5


def main() -> int:
    """Entry point of the one file."""
    if program.play_role():
        return 0
    program.restore_environment()
    _take_ctrl_c_once()
    _find_certificates()
    try:
        return command_line()
    except TargetError as exc:  # a part was unpacked before there was anybody to speak
        sys.stderr.write(f"mag: {exc}\n")
        return exc.exit_code


def _take_ctrl_c_once() -> None:
    """The terminal sends Ctrl-C to the bootloader too, which passes it on: a second one would end the tidying up."""
    last = -_SAME_CTRL_C_S

    def interrupt(_signal: int, _frame: object) -> None:
        nonlocal last
        now, before, last = time.monotonic(), last, time.monotonic()
        if now - before >= _SAME_CTRL_C_S:
            raise KeyboardInterrupt

    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, interrupt)


def _find_certificates() -> None:
    """The library inside looks where the system that it was built on keeps them; others keep them elsewhere."""
    if "SSL_CERT_FILE" not in os.environ and "SSL_CERT_DIR" not in os.environ:
        found = [place for place in _CERTIFICATES if Path(place).is_file()]
        if found:
            os.environ["SSL_CERT_FILE"] = found[0]
