"""The held-out loss: noise and timesteps stay the same, so only the weights change it; it is TensorBoard's second curve."""

import json
import os
import sys

from engine_setup import held_out_losses, train


def main(work):
    flags = {"max_train_steps": 4, "checkpointing_steps": 2, "lr_scheduler": "constant"}
    events = train(work, "still", learning_rate=0.0, **flags)
    first, last = held_out_losses(events).values()
    assert list(held_out_losses(events)) == [2, 4] and first == last and 0.1 < first < 10, events
    kinds = [event["type"] for event in events]
    assert kinds.index("validation-loss") < kinds.index("checkpoint-saved"), kinds

    learning = train(work, "learning", learning_rate=1e-3, **flags)
    before, after = held_out_losses(learning).values()
    assert before != after, (before, after)
    check_reference(work, first)
    check_board(os.path.join(work, "learning", "logs", "train_controlnet"), held_out_losses(learning))
    print(json.dumps({"still": held_out_losses(events), "learning": held_out_losses(learning)}))


def check_reference(work, reported):
    """With a rate of 0 the ControlNet still adds nothing, so the loss is that of the UNet alone, written out here."""
    import numpy as np
    import torch
    from datasets import load_dataset
    from diffusers import StableDiffusionPipeline

    pipeline = StableDiffusionPipeline.from_pretrained(os.path.join(work, "tiny"), safety_checker=None)
    rows = load_dataset(os.path.join(work, "dataset"), cache_dir=os.path.join(work, "cache"))["validation"]
    order = np.random.default_rng([2, 7]).permutation(32)
    squares = []
    for number in range(32):
        row = rows[number % len(rows)]
        pixels = torch.from_numpy(np.array(row["image"])).permute(2, 0, 1)[None].float() / 127.5 - 1
        tokens = pipeline.tokenizer(row["text"], padding="max_length", truncation=True, return_tensors="pt")
        timestep = torch.tensor(
            [int((order[number] + 0.5) / 32 * pipeline.scheduler.config.num_train_timesteps)]
        )
        draws = np.random.default_rng([2, 7, number])
        with torch.no_grad():
            latents = pipeline.vae.encode(pixels).latent_dist
            noise, latent_noise = torch.from_numpy(
                draws.standard_normal((2, *latents.mean.shape), np.float32)
            )
            sampled = (latents.mean + latents.std * latent_noise) * pipeline.vae.config.scaling_factor
            alpha = pipeline.scheduler.alphas_cumprod[timestep]
            noisy = alpha.sqrt() * sampled + (1 - alpha).sqrt() * noise
            text = pipeline.text_encoder(tokens.input_ids)[0]
            predicted = pipeline.unet(noisy, timestep, encoder_hidden_states=text).sample
        squares.append(float(((predicted - noise) ** 2).mean()))
    expected = sum(squares) / len(squares)
    assert abs(expected - reported) < 1e-5 * expected, (expected, reported)


def check_board(folder, expected):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    board = EventAccumulator(folder)
    board.Reload()
    found = {scalar.step: scalar.value for scalar in board.Scalars("validation_loss")}
    assert found.keys() == expected.keys(), found
    assert all(abs(found[step] - loss) < 1e-6 for step, loss in expected.items()), (found, expected)


if __name__ == "__main__":
    main(sys.argv[1])
