#!/usr/bin/env python3
"""Sits at a terminal of its own, for tests: starts a program there, and types a line at each prompt (a line that ends in a colon and a
space) once what is typed is not shown any more. Prints what stood on the screen, and ends with the program's status.

    typist.py LINE… -- PROGRAM ARGUMENT…
"""

import os
import pty
import sys
import termios
import time

at = sys.argv.index("--")
lines, command = sys.argv[1:at], sys.argv[at + 1 :]


def hidden() -> None:
    """Waits until the terminal does not show what is typed; after five seconds it is typed all the same, and seen."""
    until = time.monotonic() + 5
    while termios.tcgetattr(screen)[3] & termios.ECHO and time.monotonic() < until:
        time.sleep(0.002)


child, screen = pty.fork()
if child == 0:
    os.execv(command[0], command)
shown, answered = b"", 0
while True:
    try:
        piece = os.read(screen, 4096)
    except OSError:
        break
    if not piece:
        break
    shown += piece
    if shown.endswith(b": ") and answered < len(lines) and len(shown) > answered:
        hidden()
        os.write(screen, lines[answered].encode() + b"\n")
        answered += 1
_, status = os.waitpid(child, 0)
sys.stdout.write(shown.decode())
sys.exit(os.waitstatus_to_exitcode(status))
