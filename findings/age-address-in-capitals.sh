#!/bin/sh
# One would guess: an age address is bech32, bech32 may be written all in capitals, and capitals make the smaller QR
# (BIP 173 says so). So a printed code may hold the address in capitals, and any age will take it. Nor can the two
# programs differ about how long a sealed file is.
#
# What happens: the library (rage, through pyrage) takes the address in capitals and the identity in small letters; the
# program refuses both, because it compares the part before the "1" as it stands. The program takes an identity file
# with the line ends of Windows; the library refuses the same line. And pyrage adds a stanza that means nothing, of a
# random size, to each header: the same two bytes for the same person have any of some hundred lengths, where age's have
# one.
#
# With: age 1.1.1 (Debian), pyrage 1.4.0, segno 1.6.6.
#
# Why it matters: a card that was tried with one of the two is refused by the other, on the other side of a border. And
# who promises equal sizes, or computes the size of a reel before it is cut, has to write headers without that stanza.
set -eu
age --version | grep -q '^1\.1\.1' || { echo "This needs age 1.1.1, as in Debian 12." >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check pyrage==1.4.0 segno==1.6.6

cat > seen <<'END'
age: address in small letters: taken
age: address in capitals: refused, unknown recipient type
age: identity in small letters: refused, unknown identity type
age: identity with CR LF: taken
pyrage: address in small letters: taken
pyrage: address in capitals: taken, the same person
pyrage: identity in small letters: taken, the same person
pyrage: identity with CR LF: refused, invalid Bech32 encoding
lengths of 100 sealed files of two bytes: age 1, pyrage more than 20
QR of an address: version 4 in small letters, 3 in capitals
END

age-keygen -o identity 2> log
address=$(age-keygen -y identity)
capitals=$(echo "$address" | tr a-z A-Z)
secret=$(grep '^AGE' identity)
echo "$secret" | tr A-Z a-z > small
printf '%s\r\n' "$secret" > windows
echo hi > note

told() { # what became of the rest of the line
    if "$@" > out 2> log; then echo taken; else echo "refused, $(grep -o 'unknown [a-z]* type' log)"; fi
}
{
    echo "age: address in small letters: $(told age -r "$address" -o sealed note)"
    echo "age: address in capitals: $(told age -r "$capitals" note)"
    echo "age: identity in small letters: $(told age -d -i small sealed)"
    echo "age: identity with CR LF: $(told age -d -i windows sealed)"
    for _ in $(seq 100); do printf hi | age -r "$address" | wc -c; done | sort -u | wc -l > lengths
    venv/bin/python - "$address" "$secret" "$(cat lengths)" <<'END'
import sys
import pyrage, segno
address, secret, lengths = sys.argv[1:]

def told(kind, written, other):
    try:
        read = str(kind.from_str(written))
        return "taken" if read == written else f"taken, {'the same' if read == other else 'another'} person"
    except Exception as exc:
        return f"refused, {exc}"

recipient, identity = pyrage.x25519.Recipient, pyrage.x25519.Identity
print("pyrage: address in small letters:", told(recipient, address, address))
print("pyrage: address in capitals:", told(recipient, address.upper(), address))
print("pyrage: identity in small letters:", told(identity, secret.lower(), secret))
print("pyrage: identity with CR LF:", told(identity, secret + "\r\n", secret))
several = {len(pyrage.encrypt(b"hi", [recipient.from_str(address)])) for _ in range(100)}
print(f"lengths of 100 sealed files of two bytes: age {int(lengths)}, pyrage {'more than 20' if len(several) > 20 else len(several)}")
small, large = (segno.make(text, error="l", micro=False, boost_error=False).version for text in (address, address.upper()))
print(f"QR of an address: version {small} in small letters, {large} in capitals")
END
} > got
diff seen got || { echo "What age or pyrage takes for an address, or how long its files are, has changed." >&2; exit 1; }
