"""Made-up requests after the specification's own OpenAPI: never a 5xx, and every answer is as the schema says."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from magnitizdat.web.http.app import build
from magnitizdat.web.subsonic import ENDPOINTS
from tests.fakes_library import make_library
from tests.fakes_player import VECTORS, Player, checked, shelve, specification
from tests.fakes_web import browser, service_for

EXAMPLES = 5
"""Requests of each of 170 operations."""
NOT_ENVELOPES = ("audio/", "image/")

pytestmark = pytest.mark.skipif(not VECTORS.is_file(), reason="set MAG_VECTORS")


@pytest.fixture(scope="module")
def phone(tmp_path_factory):
    library = make_library(tmp_path_factory.mktemp("made-up") / "library")
    ids = shelve(library)
    service = service_for(library)
    yield Player(browser(build(service, ENDPOINTS)), library), ids
    service.close()


def operations():
    if not VECTORS.is_file():
        return []
    schema = schemathesis.openapi.from_dict(specification())
    return [found.ok() for found in schema.get_all_operations()]


@pytest.mark.parametrize("operation", operations(), ids=lambda each: f"{each.method} {each.path}")
def test_made_up_requests(phone, operation):
    player, ids = phone

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), known=st.sampled_from(["", *ids.values()]))
    def ask(case, known):
        fields = {**_fields(case.query), **_fields(case.body)}
        if known and "id" in fields:
            fields["id"] = known
        fields = {name: value for name, value in fields.items() if name not in {"u", "p", "t", "s", "apiKey", "f"}}
        response = player.raw(
            operation.path.removeprefix("/rest/"), method=operation.method.upper(), f="json", **fields
        )
        assert response.status_code == 200, response.text
        if not response.headers["content-type"].startswith(NOT_ENVELOPES):
            checked(operation.path.removeprefix("/rest/"), response.json())

    ask()


def _fields(found) -> dict[str, object]:
    return {str(name): _text(value) for name, value in found.items()} if isinstance(found, dict) else {}


def _text(value: object) -> object:
    if isinstance(value, list):
        return [_text(each) for each in value]
    if isinstance(value, bool):
        return str(value).lower()
    return str(value).encode("utf-8", errors="replace").decode()
