"""The benchmarks run, and say what they measured."""

import json
import subprocess
import sys


def test_a_case_makes_its_rows(tmp_path):
    report = tmp_path / "bench.json"
    argv = [sys.executable, "-m", "bench", "start", "--runs", "1", "--work", tmp_path / "work", "--json", report]
    done = subprocess.run(list(map(str, argv)), capture_output=True, text=True, check=True)
    rows = json.loads(report.read_text())["rows"]
    assert [row["work"] for row in rows] == ["mag --version", "mag --help"]
    assert all(f"| {row['work']} | {row['ours']} |" in done.stdout for row in rows)


def test_a_case_that_there_is_not_is_refused(tmp_path):
    argv = [sys.executable, "-m", "bench", "strat", "--json", str(tmp_path / "bench.json")]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "there is no strat" in done.stderr
