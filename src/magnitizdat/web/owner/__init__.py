"""The owner's page: its files, and the JSON that its script asks for. Every endpoint is the owner's alone."""

from __future__ import annotations

from magnitizdat.web.http.routes import Endpoint
from magnitizdat.web.owner import (
    choosing,
    clubs,
    editing,
    events,
    files,
    holding,
    home,
    in_hand,
    jobs,
    labels,
    marks,
    people,
    post,
    premieres,
    session,
    shelf,
    songs,
    sticks,
    uploads,
    voices,
    watching,
    ways,
)

ENDPOINTS: tuple[Endpoint, ...] = (
    *files.ENDPOINTS,
    *session.ENDPOINTS,
    *events.ENDPOINTS,
    *shelf.ENDPOINTS,
    *choosing.ENDPOINTS,
    *home.ENDPOINTS,
    *ways.ENDPOINTS,
    *songs.ENDPOINTS,
    *marks.ENDPOINTS,
    *editing.ENDPOINTS,
    *in_hand.ENDPOINTS,
    *uploads.ENDPOINTS,
    *labels.ENDPOINTS,
    *voices.ENDPOINTS,
    *holding.ENDPOINTS,
    *people.ENDPOINTS,
    *post.ENDPOINTS,
    *clubs.ENDPOINTS,
    *premieres.ENDPOINTS,
    *sticks.ENDPOINTS,
    *jobs.ENDPOINTS,
    *watching.ENDPOINTS,
)
