"""A worker that does what the name of its file tells it to: for tests of what happens then."""

from __future__ import annotations

import os
import sys
import threading

from magnitizdat.workers import child

understand = child.understand


def misbehave(file):
    word = file.read(5)
    file.seek(0)
    if word == b"HANG!":
        threading.Event().wait()
    if word == b"CRASH":
        os._exit(11)
    if word == b"LIES!":
        os.write(int(os.environ.get("NOWHERE", "4")), b"\xff" * 64)
    if word == b"BLOAT":
        bytearray(1 << 40)
    return understand(file)


if __name__ == "__main__":
    child.understand = misbehave
    child.main(int(sys.argv[1]))
