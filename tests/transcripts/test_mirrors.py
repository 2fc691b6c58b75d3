"""`mag publish --to`: a place is compared and mended, and what a bucket refuses is one sentence and a code."""

from __future__ import annotations

import pytest

from magnitizdat.errors import EXIT_DONE, EXIT_LIBRARY, EXIT_PARTLY, EXIT_USAGE
from tests.fakes_bucket import NAME, FakeBucket, Refusal, serving


def test_a_folder_is_compared_and_mended(mag, tmp_path):
    place = tmp_path / "mirror"
    mag("label", "create", "Zoopark Tapes")
    mag("publish", "45", "--to", place)
    again = mag("publish", "--to", place)
    assert again.out.startswith("Nothing is new to sign for «Zoopark Tapes»: its version is ")
    assert (again.code, "Nothing new for" in again.out, "written to" in again.out) == (EXIT_DONE, True, False)
    whole = mag("publish", "--to", place, "--check", "--json")
    assert whole.code == EXIT_DONE
    assert whole.document["files"] == whole.document["all_files"] > 5
    next(place.glob("blobs/*/*")).unlink()
    hurt = mag("publish", "--to", place, "--check", "--json")
    assert hurt.code == EXIT_PARTLY
    assert [each["what"] for each in hurt.document["missing"]] == ["45"]
    assert "--mend writes it again" in hurt.document["missing"][0]["reason"]
    mended = mag("publish", "--to", place, "--mend")
    assert mended.code == EXIT_DONE
    assert "Of music and pictures 1 file was lacking there" in mended.out
    assert "0 files were lacking" in mag("publish", "--to", place, "--mend").out
    assert "nothing is lacking" in mag("publish", "--to", place, "--check").out
    mag("edit", "45", "--title", "46")
    assert "written to" in mag("publish", "46", "--to", place).out


@pytest.mark.parametrize(
    "words", [("--check",), ("--mend",), ("45", "--to", "x", "--check"), ("--all", "--to", "x", "--mend")]
)
def test_comparing_signs_nothing(mag, words):
    mag("label", "create", "Zoopark Tapes")
    said = mag("publish", *words)
    assert said.code == EXIT_USAGE
    assert "need --to and nothing to sign" in said.err


def test_a_bucket_that_lets_nobody_write(mag, monkeypatch):
    pytest.importorskip("s3fs").S3FileSystem.clear_instance_cache()
    mag("label", "create", "Zoopark Tapes")
    mag("publish", "45")
    bucket = FakeBucket()
    bucket.refuse = lambda method, _key: Refusal(403, "AccessDenied") if method == "PUT" else None
    with serving(bucket) as address:
        for name, value in {"ENDPOINT_URL": address, "ACCESS_KEY_ID": "x", "SECRET_ACCESS_KEY": "y"}.items():
            monkeypatch.setenv(f"AWS_{name}", value)
        said = mag("publish", "--to", f"s3://{NAME}/mirror")
        assert (said.code, "the bucket does not let you write: check the key" in said.err) == (EXIT_LIBRARY, True)
        bucket.refuse = lambda _method, _key: None
        assert mag("publish", "--to", f"s3://{NAME}/mirror").code == EXIT_DONE
        assert mag("publish", "--to", f"s3://{NAME}/mirror", "--check").code == EXIT_DONE
