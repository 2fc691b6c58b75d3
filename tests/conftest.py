"""What every test may lean on. The suite runs offline; programs from Debian packages are optional outside CI."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from magnitizdat.library import holders, reserve
from tests.fakes_workers import Stock
from tests.offline import Guard, leave_the_network

settings.register_profile("default", deadline=None, max_examples=60)
settings.load_profile("default")

IN_NO_NETWORK = pytest.StashKey[bool]()
GUARD = pytest.StashKey[Guard]()
CHROMIUM, FIREFOX = Path("/usr/bin/chromium"), Path("/usr/bin/firefox-esr")
STARTS_WORKERS = {"workers", "cage", "conformance", "test_program.py"}
"""Places whose tests are about the start and the end of workers: each starts its own."""
FORGIVING = Path(__file__).with_name("firefox.cjs")


def pytest_configure(config):
    """No route to anywhere for this process and its children, where the system lets us; a guard on sockets anywhere."""
    config.stash[IN_NO_NETWORK] = leave_the_network()
    config.stash[GUARD] = Guard()
    patch = pytest.MonkeyPatch()
    config.stash[GUARD].install(patch)
    patch.setattr(reserve, "LENGTH", 1 << 16)  # a library of each test would write the whole of it
    config.add_cleanup(patch.undo)


def pytest_xdist_auto_num_workers(config):
    """A worker for each processor where the whole suite runs; few tests are over before workers have started."""
    return os.cpu_count() if config.args == config.getini("testpaths") else 0


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    """Where everything must be there, a skip of any kind is a failure."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("MAG_REQUIRE") == "1":
        report.outcome = "failed"
    return report


@pytest.fixture(autouse=True)
def offline(request):
    """Whatever asks for the network fails its test, also where the program shrugs the refusal off."""
    guard = request.config.stash[GUARD]
    yield guard
    attempts, guard.attempts = guard.attempts, []
    assert not attempts, f"the suite runs offline: {attempts}"


@pytest.fixture(autouse=True)
def a_process_is_one_thing():
    """Commands and servers of many tests run in one process: each test begins as a command."""
    holders.be(holders.Kind.COMMAND)


@pytest.fixture(scope="session", autouse=True)
def copies_stand_for_the_library():
    """Tests make a library once and hurt copies of it: none of these knows that it is one, lest it does not publish."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("magnitizdat.library.places.place_of", lambda _folder: "")
        yield


@pytest.fixture(scope="session")
def stock() -> Iterator[Stock]:
    """Workers that outlive the tests that use them."""
    found = Stock()
    with pytest.MonkeyPatch.context() as patch:
        found.install(patch)
        yield found
    found.empty()


@pytest.fixture(autouse=True)
def workers_last(request, stock):
    """A pool takes workers that earlier ones are done with."""
    stock.is_open = request.path.relative_to(Path(__file__).parent).parts[0] not in STARTS_WORKERS


def missing(reason: str) -> None:
    """Skip, or fail where everything must be there (`MAG_REQUIRE=1`, as in CI)."""
    if os.environ.get("MAG_REQUIRE") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture
def require_program():
    """A function that returns the path of a program, or skips with that reason."""

    def require(name: str) -> str:
        found = shutil.which(name)
        if found is None:
            missing(f"{name} is not installed")
        return found or ""

    return require


@pytest.fixture(scope="session")
def vectors_dir() -> Path:
    """The folder of outside test vectors: `MAG_VECTORS`, or `../shared/vectors` beside the checkout."""
    found = Path(os.environ.get("MAG_VECTORS") or Path(__file__).parents[2] / "shared" / "vectors")
    if not found.is_dir():
        missing(f"no test vectors at {found.name}: set MAG_VECTORS")
    return found


@pytest.fixture(scope="session")
def play() -> Iterator[Any]:
    """Playwright: one for every test of a process, since two do not stand each other."""
    if not CHROMIUM.exists():
        missing("Debian's chromium is not installed")
    from playwright.sync_api import sync_playwright

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NODE_OPTIONS", f"--require={FORGIVING}")
        found = sync_playwright().start()
    yield found
    found.stop()


@pytest.fixture(scope="session")
def axe() -> str:
    """The script of axe-core: `MAG_AXE` says where."""
    path = os.environ.get("MAG_AXE")
    if not path or not Path(path).is_file():
        missing("axe-core is not there: set MAG_AXE to axe.min.js of the npm package")
    return Path(path or "").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def sound(tmp_path_factory) -> Iterator[Any]:
    """What Firefox and WebKitGTK play on; Chromium is content with nothing."""
    from tests.fakes_sound import sound_server

    with sound_server(tmp_path_factory.mktemp("sound")) as found:
        found.plug()
        yield found
