from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.disk.space import Space, existing_folder, space


@given(lengths=st.lists(st.integers(0, 1 << 40), max_size=20), cluster=st.integers(1, 1 << 20))
def test_files_take_whole_clusters(lengths, cluster):
    taken = Space(None, None, cluster).allocated(lengths)
    assert taken % cluster == 0
    assert 0 <= taken - sum(lengths) < max(1, cluster * len(lengths))


def test_the_room_of_a_folder_that_is_not_there_yet_is_that_above_it(tmp_path):
    assert existing_folder(tmp_path / "not" / "yet") == tmp_path
    found = space(tmp_path / "not" / "yet")
    assert (found.total, found.cluster, found.device) == (space(tmp_path).total, *space(tmp_path)[2:4])
    assert found.device == tmp_path.stat().st_dev
    assert found.takes(0)
    assert not found.takes(1 << 62)
    assert Space(None, None).takes(1 << 62)
