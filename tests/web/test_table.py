"""Every endpoint × everybody: who is let in is what the table says, and everybody else sees nothing.

The tables are those that a server has; whatever is added to them is tested here without being named.
"""

from __future__ import annotations

import re

import pytest
from starlette.responses import Response

from magnitizdat.ops.apps import add
from magnitizdat.web.app import ENTRANCE, build
from magnitizdat.web.routes import Endpoint, Role
from magnitizdat.web.stand import tables
from tests.fakes_web import browser, enter, service_for

ENDPOINTS = [endpoint for table in (ENTRANCE, *tables()) for endpoint in table]
CALLERS = [Role.NOBODY, Role.DEVICE, Role.LISTENER, Role.OWNER]
INSIDE = "let in"


def marked(endpoint: Endpoint) -> Endpoint:
    """The same line with a handler that only says that it was reached."""
    return endpoint._replace(handler=lambda _request, _service: Response(INSIDE))


def address(endpoint: Endpoint) -> str:
    return re.sub(r"\{[^}]+\}", "0", endpoint.path)


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    from tests.fakes_library import make_library

    with service_for(make_library(tmp_path_factory.mktemp("table") / "library")) as service:
        yield service


@pytest.fixture(scope="module")
def credentials(service):
    """What each caller shows."""
    now = service.now()
    device, secret = add(service.library(), "phone", now=now)
    other, others = add(service.library(), "tablet", listener="Natalia", now=now)
    return {
        Role.DEVICE: {"u": device.user, "p": secret, "v": "1.16.1", "c": "test", "f": "json"},
        Role.LISTENER: {"u": other.user, "p": others, "v": "1.16.1", "c": "test", "f": "json"},
    }


def ask(app, service, credentials, caller: Role, method: str, path: str):
    client = browser(app)
    if caller is Role.OWNER:
        enter(client, service)
    return client.request(method, path, params=credentials.get(caller), follow_redirects=False)
