"""Stands in for a trainer: prints the lines of a file to stderr as the real one does, then hangs or ends.

python launch.py stand-in-trainer.py LINES end|hang|stop
"""

import os
import signal
import sys
import threading
import time


def wait_for_nothing():
    threading.Event().wait()


def main(lines, then):
    with open(lines, encoding="utf-8") as file:
        for line in file:
            sys.stderr.write(line)
            sys.stderr.flush()
            time.sleep(0.01)
    if then == "stop":
        os.kill(os.getpid(), signal.SIGSTOP)
    if then == "hang":
        wait_for_nothing()


main(*sys.argv[1:])
