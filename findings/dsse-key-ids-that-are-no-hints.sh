#!/bin/sh
# One would guess: a DSSE envelope that bears a right signature is valid. Its protocol calls the key id of a signature an
# optional hint, which nobody may lean on: a verifier tries the keys that it trusts.
#
# What happens: securesystemslib looks a signature up by that name alone. Under another name, or an empty one, a right
# signature counts for nothing; without a name the envelope is not even read, and ends in a KeyError; and of two
# signatures under one name, one of them right, the whole envelope is refused with a ValueError. Only exactly the name
# that the verifier has for the key will do.
#
# With: securesystemslib 1.6.0, cryptography 50.0.2. (DSSE v1, "Signature Definition" and "Protocol".)
#
# Why it matters: letters are signed by one program and read by another, years later, when a label's keys may go by other
# names. Whoever reads them with this library must give each signature the name that it wants first, and count distinct
# keys by themselves.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check securesystemslib==1.6.0 cryptography==50.0.2

cat > seen <<'END'
the name that the verifier has: valid
another name: VerificationError
an empty name: VerificationError
no name: KeyError
two under one name, one of them right: ValueError
END

venv/bin/python - > got <<'END'
import base64

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from securesystemslib.dsse import Envelope
from securesystemslib.signer import SSlibKey

BODY, TYPE = b'{"text": "The tape is all over town."}', "application/vnd.letter+json"
SIGNED = b"DSSEv1 %d %b %d %b" % (len(TYPE), TYPE.encode(), len(BODY), BODY)
key, stranger = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
trusted = SSlibKey("singer", "ed25519", "ed25519", {"public": key.public_key().public_bytes_raw().hex()})


def signature(by: Ed25519PrivateKey, **named: str) -> dict[str, str]:
    return {"sig": base64.b64encode(by.sign(SIGNED)).decode(), **named}


def told(*signatures: dict[str, str]) -> str:
    body = {"payload": base64.b64encode(BODY).decode(), "payloadType": TYPE, "signatures": list(signatures)}
    try:
        return "valid" if Envelope.from_dict(body).verify([trusted], 1) else "not valid"
    except Exception as exc:
        return type(exc).__name__


print("the name that the verifier has:", told(signature(key, keyid="singer")))
print("another name:", told(signature(key, keyid="the singer")))
print("an empty name:", told(signature(key, keyid="")))
print("no name:", told(signature(key)))
both = signature(key, keyid="singer"), signature(stranger, keyid="singer")
print("two under one name, one of them right:", told(*both))
END
diff seen got || { echo "How securesystemslib takes key ids of DSSE has changed." >&2; exit 1; }
