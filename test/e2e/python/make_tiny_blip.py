"""Makes a BLIP captioning model that is as small as it can be, with random weights: make_tiny_blip.py FOLDER"""

import sys
from pathlib import Path

WORDS = (
    "a the red blue green soft bright dark face picture of with and in light shadow left right old new".split()  # noqa: SIM905
)
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def main(argv):
    import torch
    from transformers import BertTokenizerFast, BlipConfig, BlipForConditionalGeneration
    from transformers.models.blip.image_processing_pil_blip import BlipImageProcessorPil

    folder = Path(argv[0])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.txt").write_text("\n".join(SPECIAL + WORDS) + "\n", encoding="utf-8")
    tokenizer = BertTokenizerFast(str(folder / "vocab.txt"))
    tokenizer.save_pretrained(folder)
    BlipImageProcessorPil(size={"height": 32, "width": 32}).save_pretrained(folder)
    small = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
    # As in the published models, the token that starts a caption is none of the tokenizer's.
    start = len(SPECIAL + WORDS)
    ids = {"bos_token_id": start, "pad_token_id": 0, "sep_token_id": 3, "eos_token_id": 2}
    config = BlipConfig(
        vision_config={**small, "image_size": 32, "patch_size": 8, "initializer_range": 0.3},
        text_config={
            **small,
            **ids,
            "vocab_size": start + 2,
            "max_position_embeddings": 64,
            "initializer_range": 0.5,
        },
        projection_dim=16,
    )
    torch.manual_seed(7)
    BlipForConditionalGeneration(config).save_pretrained(folder)


if __name__ == "__main__":
    main(sys.argv[1:])
