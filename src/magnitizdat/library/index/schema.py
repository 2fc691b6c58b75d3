"""The tables of the index, and how an older index becomes one of today."""

from __future__ import annotations

SCHEMA_VERSION = 8

SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE member (name TEXT PRIMARY KEY, cell INTEGER NOT NULL, offset INTEGER NOT NULL, length INTEGER NOT NULL)
    WITHOUT ROWID;
CREATE INDEX member_cell ON member (cell);
CREATE TABLE piece (blob BLOB NOT NULL, number INTEGER NOT NULL, cell INTEGER NOT NULL, offset INTEGER NOT NULL,
    length INTEGER NOT NULL, PRIMARY KEY (blob, number)) WITHOUT ROWID;
CREATE INDEX piece_cell ON piece (cell);
CREATE TABLE blob (digest BLOB PRIMARY KEY, length INTEGER NOT NULL, media_type TEXT NOT NULL, pieces BLOB NOT NULL,
    complete INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE album (id TEXT PRIMARY KEY, imprint TEXT NOT NULL, release_id TEXT NOT NULL, title TEXT NOT NULL,
    artist TEXT NOT NULL, date TEXT NOT NULL, own INTEGER NOT NULL, body BLOB NOT NULL, added INTEGER) WITHOUT ROWID;
CREATE INDEX album_release ON album (imprint, release_id);
CREATE TABLE track (key INTEGER PRIMARY KEY, album TEXT NOT NULL, id BLOB NOT NULL, disc INTEGER NOT NULL,
    position INTEGER NOT NULL, blob BLOB NOT NULL, title TEXT NOT NULL, artist TEXT NOT NULL,
    duration_s REAL NOT NULL, body BLOB NOT NULL, small BLOB, song TEXT);
CREATE UNIQUE INDEX track_album ON track (album, disc, position, id, blob);
CREATE INDEX track_id ON track (id);
CREATE INDEX track_blob ON track (blob);
CREATE INDEX track_song ON track (song);
CREATE TABLE album_file (album TEXT NOT NULL, blob BLOB NOT NULL, PRIMARY KEY (album, blob)) WITHOUT ROWID;
CREATE INDEX album_file_blob ON album_file (blob);
CREATE TABLE source (path TEXT PRIMARY KEY, length INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, blob BLOB)
    WITHOUT ROWID;
CREATE TABLE label (imprint TEXT PRIMARY KEY, name TEXT NOT NULL, standing TEXT NOT NULL, heard TEXT NOT NULL,
    frozen TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE label_file (imprint TEXT NOT NULL, name TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (imprint, name))
    WITHOUT ROWID;
CREATE TABLE release (imprint TEXT NOT NULL, release_id TEXT NOT NULL, album TEXT NOT NULL, sha256 TEXT NOT NULL,
    withdrawn INTEGER NOT NULL, gone INTEGER NOT NULL, PRIMARY KEY (imprint, release_id)) WITHOUT ROWID;
CREATE TABLE friend (name TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE row (device TEXT NOT NULL, counter INTEGER NOT NULL, subject TEXT NOT NULL, first INTEGER NOT NULL,
    PRIMARY KEY (device, counter)) WITHOUT ROWID;
CREATE INDEX row_subject ON row (subject, counter);
CREATE TABLE job (kind TEXT NOT NULL, target TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (kind, target))
    WITHOUT ROWID;
"""

_SONGS = """
ALTER TABLE album ADD COLUMN added INTEGER;
UPDATE album SET added = unixepoch();
ALTER TABLE track ADD COLUMN song TEXT;
UPDATE track SET song = numbered.song FROM (
    SELECT key, lower(hex(substr(id, 1, 12))) || substr(album, 1, 8) || iif(place > 1, '-' || place, '') AS song FROM (
        SELECT key, id, album, row_number() OVER (PARTITION BY album, substr(id, 1, 12)
            ORDER BY disc, position, key) AS place FROM track)) AS numbered
    WHERE numbered.key = track.key;
CREATE INDEX track_song ON track (song);
"""
# Made from blobs, gone with them, and can be made again (ADR 0027).
_PREPARED = """
CREATE TABLE loudness (blob BLOB PRIMARY KEY, lufs REAL, peak REAL) WITHOUT ROWID;
CREATE TABLE waveform (blob BLOB PRIMARY KEY, peaks BLOB NOT NULL, blocks BLOB NOT NULL);
CREATE TABLE album_loudness (album TEXT PRIMARY KEY, lufs REAL, peak REAL) WITHOUT ROWID;
CREATE TABLE thumbnail (blob BLOB NOT NULL, side INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (blob, side));
CREATE INDEX blob_kind ON blob (media_type, complete);
CREATE TRIGGER blob_went AFTER DELETE ON blob BEGIN
    DELETE FROM loudness WHERE blob = old.digest;
    DELETE FROM waveform WHERE blob = old.digest;
    DELETE FROM thumbnail WHERE blob = old.digest;
END;
CREATE TRIGGER track_came AFTER INSERT ON track BEGIN DELETE FROM album_loudness WHERE album = new.album; END;
CREATE TRIGGER track_went AFTER DELETE ON track BEGIN DELETE FROM album_loudness WHERE album = old.album; END;
"""
# What rows of listening say, and those that no cell holds yet (ADR 0026).
_LISTENING = """
CREATE TABLE tail (device TEXT NOT NULL, counter INTEGER NOT NULL, subject TEXT NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (device, counter)) WITHOUT ROWID;
CREATE INDEX tail_subject ON tail (subject);
CREATE TABLE kept (subject TEXT PRIMARY KEY, counter INTEGER NOT NULL, device TEXT NOT NULL, body BLOB NOT NULL);
CREATE INDEX kept_row ON kept (device, counter);
CREATE TABLE play (device TEXT NOT NULL, counter INTEGER NOT NULL, listener TEXT NOT NULL, track TEXT NOT NULL,
    album TEXT NOT NULL, at TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (device, counter)) WITHOUT ROWID;
CREATE TABLE mark (listener TEXT NOT NULL, kind TEXT NOT NULL, target TEXT NOT NULL, starred TEXT NOT NULL DEFAULT '',
    rating INTEGER NOT NULL DEFAULT 0, plays INTEGER NOT NULL DEFAULT 0, played TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (listener, kind, target)) WITHOUT ROWID;
CREATE INDEX mark_starred ON mark (listener, kind, starred DESC, target) WHERE starred <> '';
CREATE INDEX mark_frequent ON mark (listener, kind, plays DESC, played DESC, target) WHERE plays > 0;
CREATE INDEX mark_recent ON mark (listener, kind, played DESC, target) WHERE played <> '';
CREATE INDEX mark_highest ON mark (listener, kind, rating DESC, plays DESC, target) WHERE rating > 0;
"""
# Every word once, with its sounds; what bears it (ADR 0025).
_FINDING = """
DROP TABLE IF EXISTS search;
CREATE INDEX track_artist ON track (artist);
CREATE INDEX album_artist ON album (artist);
CREATE VIRTUAL TABLE search USING fts5 (title, artist, album, whole, content='', contentless_delete=1, detail=column,
    tokenize='ascii');
CREATE TABLE named (key INTEGER PRIMARY KEY, kind TEXT NOT NULL, target TEXT NOT NULL, UNIQUE (kind, target));
CREATE VIRTUAL TABLE naming USING fts5 (name, more, whole, content='', contentless_delete=1, detail=column,
    tokenize='ascii');
CREATE TABLE word (key INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE VIRTUAL TABLE sound USING fts5 (terms, content='', detail=none, columnsize=0, tokenize='ascii');
"""
# What newer mags wrote: rows, line by line, and documents of labels that are no releases (ADR 0032).
_GROWING = """
CREATE TABLE unread (device TEXT NOT NULL, counter INTEGER NOT NULL, kind TEXT NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (device, counter)) WITHOUT ROWID;
CREATE TABLE document (imprint TEXT NOT NULL, path TEXT NOT NULL, kind TEXT NOT NULL, sha256 TEXT NOT NULL,
    body BLOB NOT NULL, PRIMARY KEY (imprint, path));
CREATE INDEX document_kind ON document (kind);
ALTER TABLE album_file ADD COLUMN spare INTEGER NOT NULL DEFAULT 0;
"""
# Without a column for the kind, which the key tells; it is filled anew by its rules at the next search.
_NAMING = """
DROP TABLE naming;
CREATE VIRTUAL TABLE naming USING fts5 (name, more, whole, content='', contentless_delete=1, detail=column,
    tokenize='ascii');
"""
# Whom a track is by, or (track 0) an album, where that is several, or one who is sorted by another name (ADR 0051).
_CREDITED = """
CREATE TABLE credited (album TEXT NOT NULL, track INTEGER NOT NULL, artist TEXT NOT NULL, sort_name TEXT NOT NULL,
    PRIMARY KEY (album, track, artist)) WITHOUT ROWID;
CREATE INDEX credited_artist ON credited (artist, sort_name);
CREATE TRIGGER track_uncredited AFTER DELETE ON track BEGIN
    DELETE FROM credited WHERE album = old.album AND track = old.key;
END;
CREATE TRIGGER album_uncredited AFTER DELETE ON album BEGIN DELETE FROM credited WHERE album = old.id; END;
ALTER TABLE album ADD COLUMN sort_name TEXT NOT NULL DEFAULT '';
"""
# What labels say, as long as the document stands that says it, and which album here it is about (ADR 0059).
_VOICES = """
CREATE TABLE voice (key INTEGER PRIMARY KEY, imprint TEXT NOT NULL, path TEXT NOT NULL, kind TEXT NOT NULL,
    id TEXT NOT NULL, about TEXT NOT NULL, release_id TEXT NOT NULL, artist TEXT NOT NULL, title TEXT NOT NULL,
    recommended INTEGER NOT NULL, rating INTEGER NOT NULL, date TEXT NOT NULL, heard INTEGER NOT NULL,
    heard_sha256 TEXT NOT NULL, album TEXT);
CREATE UNIQUE INDEX voice_path ON voice (imprint, path);
CREATE INDEX voice_about ON voice (kind, about, release_id);
CREATE INDEX voice_album ON voice (album);
CREATE INDEX voice_said ON voice (imprint, kind, recommended, rating, date, album, id, about, release_id);
CREATE TABLE voice_track (voice INTEGER NOT NULL, track BLOB NOT NULL, imprint TEXT NOT NULL,
    release_id TEXT NOT NULL, PRIMARY KEY (voice, track)) WITHOUT ROWID;
CREATE INDEX voice_track_track ON voice_track (track);
CREATE TABLE reshelved (album TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE INDEX release_album ON release (album);
CREATE INDEX release_gone ON release (imprint, release_id) WHERE gone;
CREATE TRIGGER document_went AFTER DELETE ON document BEGIN
    DELETE FROM voice WHERE imprint = old.imprint AND path = old.path;
END;
CREATE TRIGGER document_anew AFTER UPDATE OF sha256 ON document BEGIN
    DELETE FROM voice WHERE imprint = old.imprint AND path = old.path;
END;
CREATE TRIGGER voice_went AFTER DELETE ON voice BEGIN DELETE FROM voice_track WHERE voice = old.key; END;
CREATE TRIGGER album_shelved AFTER INSERT ON album WHEN EXISTS (SELECT 1 FROM voice) BEGIN
    INSERT OR IGNORE INTO reshelved (album) VALUES (new.id);
END;
CREATE TRIGGER album_unshelved AFTER DELETE ON album WHEN EXISTS (SELECT 1 FROM voice) BEGIN
    INSERT OR IGNORE INTO reshelved (album) VALUES (old.id);
END;
CREATE TRIGGER track_shelved AFTER INSERT ON track WHEN EXISTS (SELECT 1 FROM voice) BEGIN
    INSERT OR IGNORE INTO reshelved (album) VALUES (new.album);
END;
CREATE TRIGGER track_unshelved AFTER DELETE ON track WHEN EXISTS (SELECT 1 FROM voice) BEGIN
    INSERT OR IGNORE INTO reshelved (album) VALUES (old.album);
END;
CREATE TRIGGER release_shelved AFTER INSERT ON release WHEN EXISTS (SELECT 1 FROM voice) BEGIN
    INSERT OR IGNORE INTO reshelved (album) VALUES (new.album);
END;
CREATE TRIGGER release_unshelved AFTER DELETE ON release WHEN EXISTS (SELECT 1 FROM voice) BEGIN
    INSERT OR IGNORE INTO reshelved (album) VALUES (old.album);
END;
"""
# By digest, what those who carry a label on do not stand by (ADR 0057).
_DISOWNED = """
CREATE TABLE IF NOT EXISTS disowned (imprint TEXT NOT NULL, sha256 TEXT NOT NULL, PRIMARY KEY (imprint, sha256))
    WITHOUT ROWID;
"""
# Closed files, kept until their album is open, and ids of tracks that stay here until then (ADR 0070).
_CLOSED = """
CREATE TABLE closed (imprint TEXT NOT NULL, path TEXT NOT NULL, release_id TEXT NOT NULL, blob BLOB NOT NULL,
    PRIMARY KEY (imprint, path)) WITHOUT ROWID;
CREATE INDEX closed_blob ON closed (blob);
CREATE TABLE withheld (imprint TEXT NOT NULL, release_id TEXT NOT NULL, track BLOB NOT NULL,
    PRIMARY KEY (imprint, release_id, track)) WITHOUT ROWID;
CREATE INDEX withheld_track ON withheld (track);
CREATE TRIGGER document_unclosed AFTER DELETE ON document BEGIN
    DELETE FROM closed WHERE imprint = old.imprint AND path = old.path;
END;
CREATE TRIGGER document_closed_anew AFTER UPDATE OF sha256 ON document BEGIN
    DELETE FROM closed WHERE imprint = old.imprint AND path = old.path;
END;
CREATE TRIGGER release_opened AFTER INSERT ON release BEGIN
    DELETE FROM closed WHERE imprint = new.imprint AND release_id = new.release_id;
    DELETE FROM withheld WHERE imprint = new.imprint AND release_id = new.release_id;
END;
"""
VOICE_RULES = 2
"""Of which documents are read; those in an index of other rules, or of none, are read when it is opened."""
FINDING_RULES = 3
"""Of folding, sounds and keys; an index of names filled by other rules, or never, is filled at the first search."""
SCHEMA += _PREPARED + _LISTENING + _FINDING + _GROWING + _CREDITED + _VOICES + _DISOWNED + _CLOSED
UPGRADES = {
    1: "ALTER TABLE track ADD COLUMN small BLOB",
    2: _SONGS + _PREPARED + _LISTENING + _FINDING,
    3: _GROWING,
    4: _NAMING,
    5: _CREDITED,
    6: _VOICES + _DISOWNED,
    7: _CLOSED,
}
"""By version, what makes an index of it one of the next."""
