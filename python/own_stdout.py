"""Keeps stdout for a program's own answers."""

import os
import sys
from typing import TextIO


def take_stdout() -> TextIO:
    """Returns a stream to stdout for this program alone; whatever a library prints on stdout goes to stderr from now on."""
    sys.stdout.flush()
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return answers
