#!/bin/sh
# One would guess: a server of asyncio that may open no more files says so once, waits a second and tries again, as the
# comment in its code says; and a process that nobody reads the errors of goes on all the same.
#
# What happens: `_accept_connection` goes on with its loop after that error. It is said as often as the backlog is long,
# each time with its traceback, and as many restarts are scheduled. With the backlog of 2048 that servers like uvicorn
# ask for that is a megabyte on stderr every second; where stderr is a pipe that nobody empties, the loop of events waits
# in that write, and the whole server with it, for good: long after all those who came have gone.
#
# With: Python 3.11, no library.
#
# Why it matters: 1 500 connections that say nothing, from one laptop on the Wi-Fi, silence a server that some other
# program started. Ask for a short backlog, count connections yourself from accept, and set an exception handler.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat > server.py <<'END'
import asyncio, resource, sys
async def main():
    server = await asyncio.start_server(lambda reader, writer: writer.write(b"hello"), "127.0.0.1", 0, backlog=256)
    print(server.sockets[0].getsockname()[1], flush=True)
    resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40))
    await asyncio.sleep(60)
asyncio.run(main())
END

cat > seen <<'END'
said in the first second: more than 200 times
answers when stderr is not read, all others being gone: no
END

cat > ask.py <<'END'
import socket, subprocess, sys, time

def crowded(stderr):
    server = subprocess.Popen([sys.executable, "server.py"], stdout=subprocess.PIPE, stderr=stderr, text=True)
    port = int(server.stdout.readline())
    return server, port, [socket.create_connection(("127.0.0.1", port), 10) for _ in range(60)]

with open("log", "w") as log:
    server, port, crowd = crowded(log)
    time.sleep(0.7)
    server.kill()
    server.wait()
said = open("log").read().count("out of system resource\n")
print("said in the first second:", "more than 200" if said > 200 else said, "times")

server, port, crowd = crowded(subprocess.PIPE)
time.sleep(3)
for each in crowd:
    each.close()
time.sleep(3)
late = socket.create_connection(("127.0.0.1", port), 10)
late.settimeout(5)
try:
    answers = late.recv(5) == b"hello"
except TimeoutError:
    answers = False
print("answers when stderr is not read, all others being gone:", "yes" if answers else "no")
server.kill()
END
python3 ask.py > got
diff seen got || { echo "What asyncio does without files has changed." >&2; exit 1; }
