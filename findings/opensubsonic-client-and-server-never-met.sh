#!/bin/sh
# One would guess: a client library for the OpenSubsonic API can talk to a server that has spoken Subsonic for ten
# years. What the server does not have the client leaves empty, since most fields are optional, and a server that cannot
# do something says so with the protocol's own error codes.
#
# What happens: py-opensonic, with its defaults, gets "a required parameter is missing" from Supysonic, for every call:
# tokens are unknown there, and the answer is code 10, not the 41 that stands for that. With the password in the clear
# it comes in. Then lists fail as a whole over one field: playlists without "changed", the user without one role.
# Folders come in the form that the specification shows, and fail, because the client takes the object for the list in
# it. A method that the server lacks is told by HTTP, as 404, and a cover that a track lacks is an internal error, not
# code 70. And Supysonic finds no "НОЧЬ" where "Ночь" is.
#
# With: py-opensonic 10.4.1, Supysonic 0.7.9, flask 3.1.3, peewee 4.5.3, mediafile 0.17.0, mutagen 1.48.1.
#
# Why it matters: a server that wants to serve what people have fills fields that are marked as optional, answers 41
# where it has no tokens, and never a bare status; and a client must be tried against more than one server.
set -eu
command -v ffmpeg > /dev/null || { echo "This needs ffmpeg, any version, to make one MP3." >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check py-opensonic==10.4.1 supysonic==0.7.9 flask==3.1.3 werkzeug==3.1.9 peewee==4.5.3 \
    mediafile==0.17.0 mutagen==1.48.1 aiohttp==3.14.5 mashumaro==3.23

cat > seen <<'END'
ping with a token, the default: ParameterError: A required parameter is missing.
ping with the password: True
albums: 1
playlists: MissingField: Field "changed" of type str is missing in Playlist instance
user: MissingField: Field "video_conversion_role" of type bool is missing in User instance
music folders: ValueError
a method that the server lacks: ClientResponseError: 404
the cover of a track without one: SonicError: InternalServerError: 500 Internal Server Error
search for Ночь: 1 album, for НОЧЬ: 0
END

mkdir -p music/Kino
ffmpeg -v error -f lavfi -i sine=d=1 -metadata artist=Кино -metadata album=Ночь -metadata title=Игра music/Kino/1.mp3
PYTHONUTF8=1 venv/bin/python - > got 2> log <<'END' || { tail -n 3 log >&2; exit 1; }
import pathlib, threading
import libopensonic
from supysonic.config import DefaultConfig
from supysonic.db import close_connection, init_database, release_database
from supysonic.managers.folder import FolderManager
from supysonic.managers.user import UserManager
from supysonic.scanner import Scanner
from supysonic.web import create_application
from werkzeug.serving import make_server

here = pathlib.Path.cwd()
database = f"sqlite:///{here}/supysonic.db"
init_database(database)
FolderManager.add("music", str(here / "music"))
UserManager.add("egor", "passphrase", admin=True)
scanner = Scanner()
scanner.queue_folder("music")
scanner.run()
close_connection()
release_database()
config = DefaultConfig()
config.BASE = {**config.BASE, "database_uri": database}
config.WEBAPP = {**config.WEBAPP, "cache_dir": f"{here}/cache", "mount_webui": False}
server = make_server("127.0.0.1", 0, create_application(config), threaded=True)
threading.Thread(target=server.serve_forever, daemon=True).start()

def said(work):
    try:
        return work()
    except Exception as exc:
        kind = type(exc).__name__
        words = str(getattr(exc, "status", exc)).partition(": The server")[0]
        return kind if kind == "ValueError" else f"{kind}: {words}"

def client(**arguments):
    return libopensonic.Connection("http://127.0.0.1", "egor", "passphrase", server.server_port, **arguments)

print("ping with a token, the default:", said(client().ping))
player = client(legacy_auth=True)
print("ping with the password:", said(player.ping))
print("albums:", said(lambda: len(player.get_album_list2("alphabeticalByName"))))
song = player.search3("Игра").song[0].id
player.create_playlist(name="Road", song_ids=[song])
print("playlists:", said(player.get_playlists))
print("user:", said(lambda: player.get_user("egor")))
print("music folders:", said(player.get_music_folders))
print("a method that the server lacks:", said(lambda: player.get_lyrics_by_song_id(song)))
print("the cover of a track without one:", said(lambda: player.get_cover_art(song)))
found, lost = (len(player.search3(word).album or []) for word in ("Ночь", "НОЧЬ"))
print(f"search for Ночь: {found} album, for НОЧЬ: {lost}")
END
diff seen got || { echo "How py-opensonic and Supysonic get on has changed." >&2; exit 1; }
