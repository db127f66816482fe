"""What `train.py` says: NDJSON for the kit on stdout, words for people on stderr, and scalars for TensorBoard."""

import json
import math
import os
import sys


class Problem(Exception):
    """Something that the person who started the training can mend. Its text stands alone, without a traceback."""


class Report:
    """Speaks for the first process only. Whatever a library prints on stdout goes to stderr, so that stdout stays NDJSON."""

    def __init__(self):
        self.speaks = os.environ.get("RANK", "0") == "0"
        sys.stdout.flush()
        self.lines = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)

    def event(self, kind, **fields):
        if self.speaks:
            finite = {k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in fields.items()}
            self.lines.write(json.dumps({"type": kind, **finite}) + "\n")
            self.lines.flush()

    def say(self, text):
        if self.speaks:
            print(text, file=sys.stderr, flush=True)
