#!/bin/sh
# One would guess: two of three shares are needed, so three of three are welcome; the third can even confirm the other
# two. And who types the first four letters of each word is understood, for SLIP-39's list was made so that they
# suffice.
#
# What happens: the reference implementation refuses three shares of a two-of-three split, with a "wrong number". It
# wants exactly the threshold, of exactly the threshold of groups; and it wants each word whole (capitals are fine). A
# wrong passphrase, on the other hand, is no error: another secret of the same length comes out, as the standard wants
# it.
#
# With: shamir-mnemonic 0.3.0.
#
# Why it matters: when a label's paper key is needed, all friends who hold a share come, and each brings it. A program
# has to try subsets by itself, spread out the words, and know the right secret when it sees it, since the library never
# will.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check shamir-mnemonic==0.3.0

cat > seen <<'END'
two of three shares: the secret
three of three shares: MnemonicError: Wrong number of mnemonics. Expected 2 mnemonics, but 3 were provided.
two in capitals: the secret
two by four letters a word: MnemonicError: Invalid mnemonic word
another passphrase: no error, 16 bytes that are not the secret
the list: 1024 words, 1024 beginnings of four letters
one group of two: two of one group and one of the other: MnemonicError: Wrong number of mnemonic groups.
END

venv/bin/python - > got <<'END'
import re
import shamir_mnemonic as slip39
from shamir_mnemonic.wordlist import WORDLIST

SECRET = bytes(range(16))
shares = slip39.generate_mnemonics(1, [(2, 3)], SECRET, b"passphrase")[0]

def told(shares, passphrase=b"passphrase"):
    try:
        secret = slip39.combine_mnemonics(shares, passphrase)
    except slip39.MnemonicError as exc:
        message = re.sub(r' starting with ".*?"', "", str(exc))
        message = re.sub(r"(Invalid mnemonic word) .*", r"\1", message)
        message = re.sub(r"(mnemonic groups[.]) .*", r"\1", message)
        return f"MnemonicError: {message}"
    return "the secret" if secret == SECRET else f"no error, {len(secret)} bytes that are not the secret"

print("two of three shares:", told(shares[:2]))
print("three of three shares:", told(shares))
print("two in capitals:", told([share.upper() for share in shares[:2]]))
print("two by four letters a word:", told([" ".join(word[:4] for word in share.split()) for share in shares[:2]]))
print("another passphrase:", told(shares[:2], b"Passphrase"))
print(f"the list: {len(WORDLIST)} words, {len({word[:4] for word in WORDLIST})} beginnings of four letters")
groups = slip39.generate_mnemonics(1, [(2, 3), (1, 1)], SECRET, b"passphrase")
print("one group of two: two of one group and one of the other:", told(groups[0][:2] + groups[1]))
END
diff seen got || { echo "What shamir-mnemonic takes for shares has changed." >&2; exit 1; }
