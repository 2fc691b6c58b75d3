"""fsspec's own read tests, on a reel that holds what they expect to find (they cannot write it there themselves)."""

from __future__ import annotations

import pytest
from fsspec.implementations.memory import MemoryFileSystem
from fsspec.tests.abstract import AbstractFixtures, AbstractGetTests

from magnitizdat.reel.filesystem import ReelFileSystem
from magnitizdat.reel.opening import open_reel
from tests.fakes_reel import cut_reel


class TestReelIsReadAsFsspecExpects(AbstractFixtures, AbstractGetTests):
    """`get` of files, folders, globs and lists. Their open and pipe tests write, and do not apply."""

    @pytest.fixture
    def fs(self, tmp_path):
        """A reel of everything that any of their scenarios makes."""
        scenarios = {
            "bulk": self._bulk_operations_scenario_0,
            "glob": self._glob_edge_cases_files,
            "prefix": self._dir_and_file_with_same_name_prefix,
            "hashed": self._10_files_with_hashed_names,
        }
        spool: dict[str, bytes] = {}
        for name, make in scenarios.items():
            memory = MemoryFileSystem(skip_instance_cache=True)
            memory.store, memory.pseudo_dirs = {}, [""]
            make(memory, lambda *parts: "/".join(parts), f"/{name}")
            spool |= {path.lstrip("/"): memory.cat_file(path) for path in memory.find("/")}
        reel = cut_reel(tmp_path / "reel", spool)
        return ReelFileSystem(open_reel(reel.folder, [reel.identity]))

    @pytest.fixture
    def fs_join(self):
        return lambda *parts: "/".join(parts)

    @pytest.fixture
    def fs_path(self):
        return ""

    @pytest.fixture
    def fs_bulk_operations_scenario_0(self):
        return "bulk/source"

    @pytest.fixture
    def fs_glob_edge_cases_files(self):
        return "glob/source"

    @pytest.fixture
    def fs_dir_and_file_with_same_name_prefix(self):
        return "prefix/source"

    @pytest.fixture
    def fs_10_files_with_hashed_names(self):
        return "hashed/source"

    test_get_directory_recursive = None  # makes folders in the file system under test

    @pytest.fixture
    def supports_empty_directories(self):
        return False
