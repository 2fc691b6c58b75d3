"""What one server holds for the page beside the library: work under way, files that came, sticks that were shown."""

from __future__ import annotations

import threading
from pathlib import Path

from magnitizdat.library.library import Library
from magnitizdat.ops.intake.uploads import Uploads
from magnitizdat.ops.places.reel_keys import reel_keys
from magnitizdat.ops.places.sticks import Stick, Sticks
from magnitizdat.web.http.places import Handles, places_of
from magnitizdat.web.http.service import Service
from magnitizdat.web.http.work import jobs_of

ABANDONED_S = 600.0
"""Seconds after which a file that was coming and is in no list comes no more; the server waits for less."""
WAITING = 24
"""Requests that wait for news at a time: each holds a thread, and music wants some."""


class Room:
    """Made when it is first asked for, and told when the library opens and closes (an `Attendant`)."""

    def __init__(self, service: Service) -> None:
        self.jobs = service.only(jobs_of)
        self._service = service
        self._uploads: Uploads | None = None
        self.waiting = threading.BoundedSemaphore(WAITING)
        self.sticks = Sticks()
        self.places: Handles[Path] = service.only(places_of)
        """Sticks, and reels on them."""
        self.folders: list[Path] = []
        """Folders of this computer that the owner named, and that stand for sticks."""
        self._guard = threading.Lock()
        service.attend(self)

    @property
    def uploads(self) -> Uploads:
        """Files that came. Raises: LockedError."""
        library = self._service.library()
        with self._guard:
            if self._uploads is None:
                self._uploads = Uploads.of(library, disk=self._service.disk(private=True))
                self._uploads.sweep(before=self._service.now().timestamp() - ABANDONED_S)
            return self._uploads

    def opened(self, _library: Library) -> None:
        """What waits is looked up when somebody asks."""

    def closing(self, _library: Library) -> None:
        """Stop what runs, and forget what names music or opens reels."""
        self.jobs.stop_all()
        self.jobs.forget()
        with self._guard:
            self._uploads = None

    def look(self, library: Library | None) -> list[Stick]:
        """What is plugged in now."""
        return self.sticks.look(reel_keys(library).identities if library else (), also=self.folders)


def room(service: Service) -> Room:
    """The one of this server."""
    return service.only(Room)
