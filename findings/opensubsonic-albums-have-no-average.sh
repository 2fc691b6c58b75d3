#!/bin/sh
# One would guess: what a server answers about how people rate music reaches the person. "setRating" takes albums, songs
# and artists alike, so all three carry the rating back, one's own and everybody's average.
#
# What happens: the protocol's OpenAPI has both numbers for songs, folders and artists of the old kind, one's own alone for
# albums of the newer kind (ID3), and neither for artists of that kind, which all players of today ask for. So has
# py-opensonic, and drops without a word what it does not know: one can rate an artist, and never see that one did.
#
# With: py-opensonic 10.4.1.
#
# Why it matters: who shows what friends think of an album cannot rely on that field. What people shall read has to
# stand where every player looks: in the notes of the album, or as a playlist.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check py-opensonic==10.4.1 aiohttp==3.14.5 mashumaro==3.23

cat > seen <<'END'
Child: own 4, average 4.5
AlbumID3: own 4, average lost
ArtistID3: own lost, average lost
Artist: own 4, average 4.5
END

venv/bin/python - > got <<'END'
from libopensonic import media

rated = {"userRating": 4, "averageRating": 4.5}
said = {
    media.Child: {"id": "1", "isDir": True, "title": "45"},
    media.AlbumID3: {"id": "1", "name": "45", "songCount": 1, "duration": 60, "created": "1982-07-01T00:00:00Z"},
    media.ArtistID3: {"id": "1", "name": "Viktor"},
    media.Artist: {"id": "1", "name": "Viktor"},
}
for kind, fields in said.items():
    read = kind.from_dict({**fields, **rated})
    own, average = (getattr(read, name, "lost") for name in ("user_rating", "average_rating"))
    print(f"{kind.__name__}: own {own}, average {average}")
END
diff seen got || { echo "What py-opensonic reads of ratings has changed." >&2; exit 1; }
