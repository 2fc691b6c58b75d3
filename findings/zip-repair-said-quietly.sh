#!/bin/sh
# One would guess: `-q` makes zip say less. And what `zip -FF` has repaired is an archive for unzip: it wrote it itself.
#
# What happens: of a stored archive that lost its list at the end, `zip -FF` brings back all members; with `-q` the same
# command ends with 0, says nothing, and writes an archive of no members (22 bytes) beside. Where a part of the last
# member is lost too, zip lists it with its whole length, though the bytes are not there; unzip then says of the
# repaired archive that its members overlap, "possible zip bomb", and ends with 12. The other members are tested and
# written all the same, and so is what there is of the last one, with the new list for its end.
#
# With: zip 3.0-13 and unzip 6.0-28 (Debian 12), both Info-ZIP.
#
# Why it matters: an archive that is sent loses its end first. Advice to repair one with stock tools has to leave `-q`
# away, to answer a question about floppy disks (`yes |`), and to say that unzip's complaint is expected. A reader that
# walks the headers needs none of it, where other sums say what is whole.
set -eu
[ "$(dpkg-query -W -f '${Package} ${Version};' unzip zip 2> /dev/null)" = 'unzip 6.0-28;zip 3.0-13;' ] || {
    echo "This needs zip 3.0-13 and unzip 6.0-28, as in Debian 12." >&2
    exit 2
}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat > seen <<'END'
without its list: unzip 9
repaired: 0, a b c
repaired quietly: 0, 22 bytes
without a part of the last member: repaired 0, with 20000 bytes of c
unzip of that: 12 error: invalid zip file with overlapped components (possible zip bomb)
written all the same: a 30000, b 50000, c 18663
END

seq 1 9000 | head -c 30000 > a
seq 9000 1 19999 | head -c 50000 > b
seq 1 2 90000 | head -c 20000 > c
zip -q -0 -X whole.zip a b c
list=$((3 * (30 + 1) + 100000)) # where it begins, behind three headers with names of one letter

code_of() { # exit code alone
    code=0
    "$@" > out 2>&1 || code=$?
    echo "$code"
}

repair() { # options, from, to
    code=0
    # shellcheck disable=SC2086
    (yes 2> /dev/null | zip $1 -FF "$2" --out "$3") > out 2>&1 || code=$?
    echo "$code"
}

{
    head -c "$((list + 1))" whole.zip > cut.zip
    echo "without its list: unzip $(code_of unzip -t cut.zip)"
    code=$(repair "" cut.zip again.zip)
    echo "repaired: $code, $(unzip -Z1 again.zip | tr '\n' ' ' | sed 's/ $//')"
    code=$(repair -q cut.zip quiet.zip)
    echo "repaired quietly: $code, $(wc -c < quiet.zip) bytes"
    head -c "$((list - 1500))" whole.zip > short.zip
    code=$(repair "" short.zip half.zip)
    echo "without a part of the last member: repaired $code, with $(unzip -Zl half.zip c 2> out | awk 'END { print $4 }') bytes of c"
    mkdir taken
    code=$(code_of unzip -o half.zip -d taken)
    echo "unzip of that: $code $(grep '^error' out)"
    echo "written all the same: $(cd taken && wc -c a b c | awk 'NR < 4 { printf "%s%s %s", sep, $2, $1; sep = ", " }')"
} > said
diff seen said || { echo "zip or unzip behaves otherwise now." >&2; exit 1; }
