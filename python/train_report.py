"""Reports what the training does: NDJSON events for the kit on stdout, words for people on stderr."""

import json
import math
import os
import sys

from own_stdout import take_stdout


class Report:
    """Speaks in the first process only; the other processes of a training stay silent."""

    def __init__(self) -> None:
        self.speaks = os.environ.get("RANK", "0") == "0"
        self.lines = take_stdout()

    def event(self, kind: str, **fields: str | int | float) -> None:
        """Writes one event. Numbers that are not finite become null, since JSON has no word for them."""
        if self.speaks:
            finite = {
                k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in fields.items()
            }
            self.lines.write(json.dumps({"type": kind, **finite}) + "\n")
            self.lines.flush()

    def say(self, text: str) -> None:
        if self.speaks:
            print(text, file=sys.stderr, flush=True)
