"""One small commit in a process of its own, for a tracer to kill: cells, flush, then one file that names them.

Arguments: the library's folder and the first cell. Standard input: the secrets.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from magnitizdat.disk.disk import Disk
from magnitizdat.library.keyring import Secrets
from magnitizdat.library.vault import Vault

FILES = {f"labels/{number}": bytes([number]) * 90_000 for number in range(30)}


def main() -> None:
    folder = Path(sys.argv[1])
    disk = Disk(private=True)
    vault = Vault(folder / "vault", Secrets.from_bytes(sys.stdin.buffer.read()), disk)
    with vault.batch(first_cell=int(sys.argv[2])) as batch:
        for name, content in FILES.items():
            batch.add(name, content)
        placements = batch.flush()
    disk.write_atomic(folder / "index.json", json.dumps(placements).encode())


if __name__ == "__main__":
    main()
