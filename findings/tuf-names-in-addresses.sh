#!/bin/sh
# One would guess: a target may be called anything that a target path may be, and the client asks the mirror for it by a
# proper address. The client quotes the name of the file that it writes, so it surely quotes the address as well.
#
# What happens: python-tuf joins base and name as they stand. "Side #1" asks for "Side ", "Who?" asks for "Who" with an
# empty query, and of "100%25" the server reads "100%". All three are signed and lie on the mirror, and all three are
# "404". A name with a blank or in Cyrillic is fine, because urllib3 below puts those right.
#
# With: tuf 7.0.1, securesystemslib 1.6.0, urllib3 2.8.0.
#
# Why it matters: titles are full of these marks. Who names targets after titles has albums that whole test suites pass,
# and that cannot be fetched by the reference client. Names made of hexadecimal digits have no such days.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check tuf==7.0.1 securesystemslib==1.6.0 cryptography==50.0.2 urllib3==2.8.0

cat > seen <<'END'
plain.flac: fetched by /plain.flac
a b.flac: fetched by /a%20b.flac
Ночь.flac: fetched by /%D0%9D%D0%BE%D1%87%D1%8C.flac
Side #1.flac: 404 by /Side%20
Who?.flac: 404 by /Who?.flac
100%25.flac: 404 by /100%25.flac
END

PYTHONUTF8=1 venv/bin/python - > got <<'END'
import functools, http.server, pathlib, threading
from datetime import datetime, timedelta, timezone
from securesystemslib.signer import CryptoSigner
from tuf.api.exceptions import DownloadHTTPError
from tuf.api.metadata import Metadata, Root, Snapshot, TargetFile, Targets, Timestamp
from tuf.ngclient import Updater

asked = []

class Mirror(http.server.SimpleHTTPRequestHandler):
    def do_GET(self):
        asked.append(self.path)
        super().do_GET()

    def log_message(self, *_):
        pass

names = ["plain.flac", "a b.flac", "Ночь.flac", "Side #1.flac", "Who?.flac", "100%25.flac"]
for place in ("mirror", "client", "taken"):
    pathlib.Path(place).mkdir()
later = datetime.now(timezone.utc).replace(microsecond=0) + timedelta(days=3)
signer = CryptoSigner.generate_ed25519()
roles = {"root": Root(expires=later, consistent_snapshot=False), "timestamp": Timestamp(expires=later),
         "snapshot": Snapshot(expires=later), "targets": Targets(expires=later)}
for name in names:
    pathlib.Path("mirror", name).write_text(name)
    roles["targets"].targets[name] = TargetFile.from_data(name, name.encode())
for role in roles:
    roles["root"].add_key(signer.public_key, role)
for role, signed in roles.items():
    document = Metadata(signed)
    document.sign(signer)
    document.to_file(f"mirror/{role}.json")
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Mirror, directory="mirror"))
threading.Thread(target=server.serve_forever, daemon=True).start()
address = f"http://127.0.0.1:{server.server_port}/"
client = Updater("client", address, "taken", address, bootstrap=pathlib.Path("mirror/root.json").read_bytes())
client.refresh()
for name in names:
    try:
        client.download_target(client.get_targetinfo(name))
        print(f"{name}: fetched by {asked[-1]}")
    except DownloadHTTPError as exc:
        print(f"{name}: {exc.status_code} by {asked[-1]}")
END
diff seen got || { echo "How python-tuf makes addresses of target names has changed." >&2; exit 1; }
