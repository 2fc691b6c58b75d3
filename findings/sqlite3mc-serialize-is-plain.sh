#!/bin/sh
# One would guess: of an encrypted database, serialize() gives the bytes of the file, as SQLite's documents say it does,
# so they can be put on a stick. And a plain database attached to it stays readable, because it has no key.
#
# What happens: serialize() gives the pages decrypted: same length, other bytes, titles in the open, and any SQLite
# opens it. VACUUM INTO keeps the key instead. So does ATTACH: a plain file beside an encrypted one "is not a database"
# unless KEY '' is said, and a new one is made with the key of the first, quietly. A backup into a plain database is
# refused; into one with a key of its own it is made with that key. A wrong key is answered with "ok", by PRAGMA key;
# the first reading finds out, and a second PRAGMA key on the same connection is fine.
#
# With: apsw-sqlite3mc 3.54.0.0 (SQLite3 Multiple Ciphers 2.6.1).
#
# Why it matters: three ways to copy a database, and three answers to who can read it. A backup that was built with the
# first is a list of all one's music, in plain text, on a disk that is believed to be sealed.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check apsw-sqlite3mc==3.54.0.0

cat > seen <<'END'
the file: sealed
serialize(): plain, the file's length; opened without a key: [('Peremen',)]
VACUUM INTO: sealed; opened with the same key: [('Peremen',)]
backup into a plain database: SQLError: backup is not supported with incompatible source and target databases
backup into one with another key: sealed; opened with that key: [('Peremen',)]
a plain database attached: NotADBError: file is not a database
the same with KEY '': [('Zvezda',)]
a new database attached without a word: sealed; opened with the key of the first: []
PRAGMA key with a wrong one: ok; reading: NotADBError: file is not a database
PRAGMA key with the right one, same connection: ok; reading: [('Peremen',)]
END

venv/bin/python - > got <<'END'
from pathlib import Path
import apsw

def opened(name, key=""):
    database = apsw.Connection(name)
    if key:
        database.pragma("key", key)
    return database

def said(work):
    try:
        return work()
    except apsw.Error as exc:
        return f"{type(exc).__name__}: {exc}"

def looks(plain):
    return "plain" if plain.startswith(b"SQLite format 3") and b"Peremen" in plain else "sealed"

def tracks(database, table="track"):
    return database.execute(f"SELECT title FROM {table}").fetchall()

first = opened("first.db", "one")
first.execute("CREATE TABLE track (title); INSERT INTO track VALUES ('Peremen')")
file = Path("first.db").read_bytes()
print("the file:", looks(file))
whole = first.serialize("main")
memory = apsw.Connection(":memory:")
memory.deserialize("main", whole)
print(f"serialize(): {looks(whole)}, the file's length{' not' * (len(whole) != len(file))}; opened without a key: {tracks(memory)}")
first.execute("VACUUM INTO 'vacuumed.db'")
print(f"VACUUM INTO: {looks(Path('vacuumed.db').read_bytes())}; opened with the same key: {tracks(opened('vacuumed.db', 'one'))}")
print("backup into a plain database:", said(lambda: opened("backup.db").backup("main", first, "main")))
other = opened("other.db", "two")
with other.backup("main", first, "main") as backup:
    backup.step()
other.close()
print(f"backup into one with another key: {looks(Path('other.db').read_bytes())}; opened with that key: {tracks(opened('other.db', 'two'))}")
plain = opened("plain.db")
plain.execute("CREATE TABLE track (title); INSERT INTO track VALUES ('Zvezda')")
plain.close()
print("a plain database attached:", said(lambda: first.execute("ATTACH 'plain.db' AS p").fetchall()))
first.execute("ATTACH 'plain.db' AS q KEY ''")
print("the same with KEY '':", tracks(first, "q.track"))
first.execute("ATTACH 'new.db' AS n; CREATE TABLE n.track (title)")
first.close()
print(f"a new database attached without a word: {looks(Path('new.db').read_bytes())}; "
      f"opened with the key of the first: {tracks(opened('new.db', 'one'))}")
again = apsw.Connection("first.db")
print(f"PRAGMA key with a wrong one: {again.pragma('key', 'no')}; reading: {said(lambda: tracks(again))}")
print(f"PRAGMA key with the right one, same connection: {again.pragma('key', 'one')}; reading: {said(lambda: tracks(again))}")
END
diff seen got || { echo "Which copies of an encrypted database are encrypted has changed." >&2; exit 1; }
