#!/bin/sh
# One would guess: metadata that python-tuf signed is metadata that tuf-js verifies. Both belong to the TUF project, both
# sign canonical JSON, and the names of targets are any text.
#
# What happens: canonical JSON sorts the names of a list. python-tuf's sorts them by code point, tuf-js's as JavaScript
# does, by halves of pairs, in which a letter beyond U+FFFF comes before the full-width signs. So one list in which both
# are (𠮷, as in names of people, and ！, as in titles) has two canonical forms, and tuf-js says of it "signed by 0/1
# keys". A list with one of the two is verified. Nothing tells that it is the order.
#
# With: tuf 7.0.1, securesystemslib 1.6.0, cryptography 50.0.2; npm: @tufjs/models 4.1.1 (and 5.0.2), @tufjs/canonical-json 2.0.0.
#
# Why it matters: two clients of one catalogue, and for one of them it is forged from the day on which the second of two
# titles came. Whoever names targets after music should not; whoever writes a client sorts by code point.
set -eu
command -v npm > /dev/null || { echo "This needs npm." >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check tuf==7.0.1 securesystemslib==1.6.0 cryptography==50.0.2
npm install --silent --no-fund --no-audit --prefix . @tufjs/models@4.1.1 @tufjs/canonical-json@2.0.0 > /dev/null

cat > seen <<'END'
tuf: latin verified, far verified, wide verified, both verified
tuf-js: latin verified, far verified, wide verified, both Error: targets was signed by 0/1 keys
tuf-js, same list, canonical form: ！.flac after 𠮷.flac; tuf: before
END

cat > sign.py <<'END'
import sys
from datetime import datetime, timezone
from securesystemslib.formats import encode_canonical
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata, Root, TargetFile, Targets

NAMES = {
    "latin": ["Peremen.flac", "Zvezda.flac"],
    "far": ["Peremen.flac", "\U00020bb7.flac"],
    "wide": ["Peremen.flac", "\uff01.flac"],
    "both": ["\U00020bb7.flac", "\uff01.flac"],
}
ROLES = ("root", "timestamp", "snapshot", "targets")
signer, expires = CryptoSigner.generate_ed25519(), datetime(2100, 1, 1, tzinfo=timezone.utc)
root = Root(expires=expires)
for role in ROLES:
    root.add_key(signer.public_key, role)
signed_root = Metadata(root)
signed_root.sign(signer)
signed_root.to_file("root.json")
said = []
for case, names in NAMES.items():
    signed = Metadata(Targets(expires=expires, targets={name: TargetFile(5, {"sha256": "a" * 64}, name) for name in names}))
    signed.sign(signer)
    signed.to_file(f"{case}.json")
    Metadata.from_file("root.json").verify_delegate("targets", Metadata.from_file(f"{case}.json"))
    said.append(f"{case} verified")
print("tuf:", ", ".join(said))
form = encode_canonical(signed.signed.to_dict())
with open("order", "w") as file:
    file.write("before" if form.index("\uff01.flac") < form.index("\U00020bb7.flac") else "after")
END

cat > verify.mjs <<'END'
import { readFileSync } from "node:fs";
import { Metadata, MetadataKind } from "@tufjs/models";
import { canonicalize } from "@tufjs/canonical-json";

const read = (name) => JSON.parse(readFileSync(`${name}.json`, "utf8"));
const root = Metadata.fromJSON(MetadataKind.Root, read("root"));
root.verifyDelegate("root", root);
const said = ["latin", "far", "wide", "both"].map((name) => {
  try {
    root.verifyDelegate("targets", Metadata.fromJSON(MetadataKind.Targets, read(name)));
    return `${name} verified`;
  } catch (error) {
    return `${name} ${error}`;
  }
});
console.log(`tuf-js: ${said.join(", ")}`);
const form = canonicalize(read("both").signed);
const order = form.indexOf("\uff01.flac") < form.indexOf("\u{20bb7}.flac") ? "before" : "after";
console.log(`tuf-js, same list, canonical form: ！.flac ${order} 𠮷.flac; tuf: ${readFileSync("order")}`);
END
{ PYTHONUTF8=1 venv/bin/python sign.py && node verify.mjs; } > got 2> log || { tail -n 3 log >&2; exit 1; }
diff seen got || { echo "How tuf-js sorts names has changed." >&2; exit 1; }
