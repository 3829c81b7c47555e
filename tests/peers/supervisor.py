"""Supervises a program as systemd would, for tests/packaging: hears its datagrams, has it reload and ends it once it was twice alive, and fails
unless it said READY=1, WATCHDOG=1, RELOADING=1 and READY=1, and STOPPING=1 in that order and ended well.

    supervisor.py path|abstract PROGRAM ARGUMENT…
"""

import os
import signal
import socket
import subprocess
import sys
import tempfile

kind, command = sys.argv[1], sys.argv[2:]
with tempfile.TemporaryDirectory() as folder:
    name = os.path.join(folder, "notify") if kind == "path" else f"@fiddlehead-test-{os.getpid()}"
    heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    heard.bind(name.replace("@", "\0", 1) if kind == "abstract" else name)
    heard.settimeout(20)
    said = []
    program = subprocess.Popen(command, env={**os.environ, "NOTIFY_SOCKET": name, "WATCHDOG_USEC": "1000000"})
    try:
        while said.count("WATCHDOG=1") < 2:
            said.append(heard.recv(256).decode())
        program.send_signal(signal.SIGHUP)
        while said.count("READY=1") < 2:
            said.append(heard.recv(256).decode())
        program.send_signal(signal.SIGTERM)
        while said[-1] != "STOPPING=1":
            said.append(heard.recv(256).decode())
        status = program.wait(20)
    finally:
        program.kill()
words = [word.split("=")[0] for word in said if not word.startswith("STATUS=")]
print(f"{kind}: {' '.join(words)}, status {status}")
expected = "READY WATCHDOG RELOADING READY STOPPING".split()
sys.exit(0 if status == 0 and [word for at, word in enumerate(words) if word != words[at - 1] or at == 0] == expected else 1)
