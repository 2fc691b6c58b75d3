"""Long work of one server, whoever wants it: the owner's page, or another laptop that gives."""

from __future__ import annotations

from magnitizdat.ops.jobs.jobs import Jobs
from magnitizdat.web.http.service import Service


def jobs_of(service: Service) -> Jobs:
    """For `Service.only`: of all that writes to its library, one is under way at a time."""
    return Jobs(service.background.hold)
