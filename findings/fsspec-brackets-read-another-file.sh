#!/bin/sh
# One would guess: fs.cat(path) reads the file of that path, like open() and cat_file() beside it, or says that it is
# not there.
#
# What happens: cat() and expand_path() take square brackets for a pattern, also where a file of exactly that name
# exists. "Peremen [a].flac" then means "Peremen a.flac", and the answer holds that file's bytes, without an error;
# where no other file fits, it is not found, though it lies there. The answer is a dict then, not bytes. It is so on
# disk, in memory, and inside a ZIP. open(), cat_file(), info() and exists() mean what they say.
#
# With: fsspec 2026.9.0.
#
# Why it matters: "[live]", "[1988]" and "[flac]" are what people write behind names of albums. A mirror or reader that
# fetches by cat() passes on the wrong song, or calls it missing, on every file system at once. cat_file() and open()
# take names as names.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check fsspec==2026.9.0

cat > seen <<'END'
disk, 'Peremen [a].flac': exists True, open b'brackets', cat_file b'brackets', cat of 'Peremen a.flac' b'plain'
disk, 'Zvezda [live].flac': exists True, open b'brackets', cat_file b'brackets', cat FileNotFoundError
disk, 'Peremen a.flac': exists True, open b'plain', cat_file b'plain', cat b'plain'
memory, 'Peremen [a].flac': exists True, open b'brackets', cat_file b'brackets', cat of 'Peremen a.flac' b'plain'
memory, 'Zvezda [live].flac': exists True, open b'brackets', cat_file b'brackets', cat FileNotFoundError
memory, 'Peremen a.flac': exists True, open b'plain', cat_file b'plain', cat b'plain'
zip, 'Peremen [a].flac': exists True, open b'brackets', cat_file b'brackets', cat of 'Peremen a.flac' b'plain'
zip, 'Zvezda [live].flac': exists True, open b'brackets', cat_file b'brackets', cat FileNotFoundError
zip, 'Peremen a.flac': exists True, open b'plain', cat_file b'plain', cat b'plain'
END

venv/bin/python - > got <<'END'
import pathlib, zipfile
import fsspec

FILES = {"Peremen [a].flac": b"brackets", "Zvezda [live].flac": b"brackets", "Peremen a.flac": b"plain"}
disk, memory = fsspec.filesystem("file"), fsspec.filesystem("memory")
pathlib.Path("music").mkdir()
with zipfile.ZipFile("music.zip", "w") as archive:
    for name, plain in FILES.items():
        pathlib.Path("music", name).write_bytes(plain)
        archive.writestr(f"music/{name}", plain)
        memory.pipe_file(f"/music/{name}", plain)

def by_cat(fs, path):
    try:
        found = fs.cat(path)
    except FileNotFoundError as exc:
        return type(exc).__name__
    if isinstance(found, bytes):
        return found
    return ", ".join(f"of {pathlib.PurePath(name).name!r} {plain}" for name, plain in found.items())

for title, fs, root in (("disk", disk, f"{pathlib.Path('music').absolute()}/"), ("memory", memory, "/music/"),
                        ("zip", fsspec.filesystem("zip", fo="music.zip"), "music/")):
    for name in FILES:
        with fs.open(root + name, "rb") as opened:
            plain = opened.read()
        print(f"{title}, {name!r}: exists {fs.exists(root + name)}, open {plain}, cat_file {fs.cat_file(root + name)}, "
              f"cat {by_cat(fs, root + name)}")
END
diff seen got || { echo "What fsspec takes for a pattern has changed." >&2; exit 1; }
