#!/bin/sh
# One would guess: with `retries: {"total_max_attempts": 1}` and a read timeout a question to a silent bucket is asked
# once; or, as `S3FileSystem.retries` is 5, five times.
#
# What happens: `cat_file` with a range tries five times around `_call_s3`, which tries five times itself: twenty-five
# connections, each as long as the timeout. Only setting
# `retries` of the file system to 1 as well makes it one.
#
# With: aiobotocore 3.10.0, botocore 1.43.117, fsspec 2026.9.0, s3fs 2026.9.0.
#
# Why it matters: a bucket whose server waits for a machine that is gone holds up a read for minutes, and says then that
# it failed; who has another copy of the same bytes at hand would rather ask there after some seconds.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check aiobotocore==3.10.0 botocore==1.43.117 fsspec==2026.9.0 s3fs==2026.9.0

cat > seen <<'END'
as it comes, total_max_attempts 1: 25 connections
retries of the file system 1: 1 connection
END

venv/bin/python - > got <<'END'
import socket, threading
import s3fs

def connections(retries):
    taken = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        def take():
            while True:
                try:
                    taken.append(server.accept()[0])
                except OSError:
                    return
        threading.Thread(target=take, daemon=True).start()
        silent = {"connect_timeout": 0.1, "read_timeout": 0.1, "retries": {"total_max_attempts": 1}}
        bucket = s3fs.S3FileSystem(
            key="a", secret="b", endpoint_url=f"http://127.0.0.1:{server.getsockname()[1]}", config_kwargs=silent,
            client_kwargs={"region_name": "us-east-1"}, skip_instance_cache=True,
        )
        if retries:
            bucket.retries = retries
        try:
            bucket.cat_file("tapes/one", start=0, end=9)
        except Exception:
            pass
        server.shutdown(socket.SHUT_RDWR)
    return f"{len(taken)} connection{'s' if len(taken) > 1 else ''}"

print("as it comes, total_max_attempts 1:", connections(0))
print("retries of the file system 1:", connections(1))
END
diff seen got || { echo "How often a silent bucket is asked has changed." >&2; exit 1; }
