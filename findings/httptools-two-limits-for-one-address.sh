#!/bin/sh
# One would guess: what httptools' parser takes as the address of a request, its parse_url takes apart: a server reads
# the one and hands it to the other.
#
# What happens: the parser takes a request line of any length and reports all of it; parse_url refuses from 65 536 bytes
# on, with the same error class as for an address that is malformed. (It keeps offsets in 16 bits.)
#
# With: httptools 0.9.0.
#
# Why it matters: older Subsonic players make a playlist by GET, with an id for each song in the address. Some 1 650
# songs fit. A server that raised its limit of the request line for them answers a longer list with "400 Bad Request"
# all the same, which sounds as if the player had sent nonsense: it has to take such addresses apart by itself, or
# refuse them as too long.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check httptools==0.9.0

cat > seen <<'END'
65535 bytes: the parser reports 65535, parse_url finds a query of 65514
65536 bytes: the parser reports 65536, parse_url says url is too long
200000 bytes: the parser reports 200000, parse_url says url is too long
END

venv/bin/python - > got <<'END'
import httptools

PATH = b"/rest/createPlaylist?"

class Seen:
    def __init__(self):
        self.url = b""

    def on_url(self, part):
        self.url += part

def parsed(address):
    seen = Seen()
    httptools.HttpRequestParser(seen).feed_data(b"GET " + address + b" HTTP/1.1\r\nHost: a\r\n\r\n")
    assert seen.url == address
    return len(seen.url)

def taken_apart(address):
    try:
        return f"finds a query of {len(httptools.parse_url(address).query)}"
    except httptools.HttpParserInvalidURLError as exc:
        return f"says {str(exc).partition(':')[0]}"

for length in (65_535, 65_536, 200_000):
    song = b"songId=0123456789abcdef&"
    address = (PATH + song * (length // len(song) + 1))[:length]
    print(f"{length} bytes: the parser reports {parsed(address)}, parse_url {taken_apart(address)}")
END
diff seen got || { echo "How long an address httptools takes apart has changed." >&2; exit 1; }
