"""Chooses which files of a model to fetch. Pure: names in, names out."""

import re
from collections.abc import Iterable
from typing import Any

from refused import Refused

WEIGHTS = re.compile(r"^(diffusion_pytorch_model|model)(-\d{5}-of-\d{5})?\.safetensors$")
"""Matches one copy of the weights: no variants (`.fp16.`), no pickles, no `non_ema`."""

UNUSED = {"safety_checker"}
WITH_WEIGHTS = ("unet", "vae", "text_encoder")


def find_components(model_index: dict[str, Any]) -> list[str]:
    """Returns the folders that a pipeline loads: `model_index.json` maps each to [library, class], null when unused."""
    return [
        name
        for name, value in model_index.items()
        if name not in UNUSED and isinstance(value, list) and len(value) == 2 and value[1] is not None
    ]


def check_family(repo: str, model_index: dict[str, Any]) -> None:
    """Refuses what the kit can't train for yet, before gigabytes are fetched."""
    components = find_components(model_index)
    if "transformer" in components or "text_encoder_2" in components:
        raise Refused(
            f"{repo} is a {model_index.get('_class_name')}, which is not available yet.",
            code="base-model-family",
            hint="Name a Stable Diffusion 1.x or 2.x model, such as stable-diffusion-v1-5/stable-diffusion-v1-5",
        )


def choose_files(names: Iterable[str], components: list[str]) -> list[str]:
    """Returns those of a repository's files that a pipeline needs. Paths have `/`."""
    chosen = ["model_index.json"]
    for name in names:
        folder, _, file = name.rpartition("/")
        if folder not in components:
            continue
        is_text = file.endswith((".json", ".txt")) and not re.search(r"\.(fp16|bf16|non_ema)\.", file)
        if is_text or WEIGHTS.match(file):
            chosen.append(name)
    return chosen


def find_without_weights(chosen: list[str]) -> list[str]:
    """Returns the parts that need weights and have none among the chosen files."""
    weights = [name for name in chosen if name.endswith(".safetensors")]
    return [part for part in WITH_WEIGHTS if not any(name.startswith(f"{part}/") for name in weights)]


def check_choice(repo: str, chosen: list[str]) -> None:
    missing = find_without_weights(chosen)
    if missing:
        raise Refused(
            f"{repo} has no safetensors weights for {', '.join(missing)}.",
            code="base-model-unsafe",
            hint="Files of other kinds can hold programs and are refused. Choose another repository or revision",
        )


def check_named(repo: str, files: list[str], names: Iterable[str]) -> None:
    known = set(names)
    missing = [name for name in files if name not in known]
    if missing:
        raise Refused(
            f"{repo} has no {', '.join(missing)}.", code="model-incomplete", hint="Look at the revision"
        )
