"""Where a training starts: at step 0, or where a checkpoint ended."""

import secrets
from dataclasses import dataclass
from typing import Any

from accelerate.utils import broadcast_object_list

from refused import Refused
from train_output import TrainState, read_state
from train_report import Report
from train_session import Session


@dataclass(frozen=True)
class Start:
    step: int
    samples: int
    """Samples of the stream that all processes together used before this start."""
    seed: int
    recorded: TrainState
    """The checkpoint's own record; only step 0 when there is no checkpoint."""


def find_start(session: Session, checkpoint: str | None) -> Start:
    """Finds step, sample and seed. The seed is the one given, else the checkpoint's, else a new one."""
    args = session.args
    if args.resume_from_checkpoint and checkpoint is None:
        session.report.say(f"no checkpoint in {args.output_dir}: starting at step 0")
    recorded = read_state(checkpoint) if checkpoint else TrainState(step=0)
    seed = args.seed if args.seed is not None else recorded.seed
    samples = recorded.samples if recorded.samples is not None else recorded.step * session.effective_batch
    return Start(recorded.step, samples, draw_seed() if seed is None else seed, recorded)


def draw_seed() -> int:
    """Returns the number that the first process draws, in all processes."""
    drawn: list[int] = broadcast_object_list([secrets.randbits(31)])
    return drawn[0]


def check_resume(recorded: TrainState, *, settings: dict[str, Any], rows: int, report: Report) -> None:
    """Refuses another dataset. Warns of each setting that differs: it makes another training of this one."""
    if recorded.rows is not None and recorded.rows != rows:
        raise Refused(
            f"the checkpoint was made with {recorded.rows} rows, the dataset has {rows}: train anew"
        )
    for name, value in recorded.settings.items():
        if settings[name] != value:
            kept = " (the checkpoint's is kept)" if name == "learning_rate" else ""
            report.say(
                f"warning: {name} was {value} when the checkpoint was made, now {settings[name]}{kept}"
            )
