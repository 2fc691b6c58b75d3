#!/bin/sh
# One would guess: a field that may be one of two kinds of string, `A | B`, each with a pattern of its own, takes what
# fits either. So it is in JSON Schema with anyOf.
#
# What happens: msgspec has one string in a union, and of several patterns keeps the last. What fits the first alone is
# refused, and which of the two that is depends on the order in which the types stand. Nothing is said when the type is
# made.
#
# With: msgspec 0.22.0.
#
# Why it matters: whoever adds a second kind of id to a field of a document refuses all that were written with the first,
# and a reader that keeps what it cannot read (as a reader of newer rows does) does so in silence. One pattern with `|`
# inside does what was meant.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check msgspec==0.22.0

cat > seen <<'EOF'
a|b a: refused
a|b b: taken
b|a a: taken
b|a b: refused
(a|b) a: taken
(a|b) b: taken
EOF
venv/bin/python - > got <<'EOF'
from typing import Annotated

import msgspec
from msgspec import Meta

A, B = Annotated[str, Meta(pattern="^a$")], Annotated[str, Meta(pattern="^b$")]
for name, form in {"a|b": A | B, "b|a": B | A, "(a|b)": Annotated[str, Meta(pattern="^(a|b)$")]}.items():
    for value in "ab":
        try:
            msgspec.convert(value, form)
            print(f"{name} {value}: taken")
        except msgspec.ValidationError:
            print(f"{name} {value}: refused")
EOF
diff seen got || { echo "What msgspec makes of two patterns has changed." >&2; exit 1; }
echo "As it was seen."
