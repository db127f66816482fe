"""What generate.py is asked for: jobs as lines of JSON."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class DrawJob:
    id: str
    kind: Literal["draw"]
    controlnet: str
    condition: str
    prompt: str
    negative_prompt: str
    seed: int
    guidance: float
    scale: float
    steps: int
    width: int
    height: int
    output: str


@dataclass(frozen=True)
class RoundTripJob:
    id: str
    kind: Literal["round_trip"]
    picture: str
    width: int
    height: int
    output: str


Job = DrawJob | RoundTripJob

KINDS: dict[str, type[DrawJob] | type[RoundTripJob]] = {"draw": DrawJob, "round_trip": RoundTripJob}


def parse_jobs(lines: Iterable[str]) -> Iterator[Job]:
    for line in lines:
        if line.strip():
            fields = json.loads(line)
            yield KINDS[fields["kind"]](**fields)
