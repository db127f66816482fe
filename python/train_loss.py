"""The loss: the usual one of denoising diffusion (Ho et al. 2020, arXiv 2006.11239)."""

import torch
import torch.nn.functional as F

from train_data import Batch
from train_models import Models


def diffusion_loss(models: Models, controlnet: torch.nn.Module, batch: Batch) -> torch.Tensor:
    """Returns the mean squared error between the noise (or velocity) and the UNet's prediction of it, a scalar.

    Latents and noise are (B, 4, R/8, R/8), the condition (B, 3, R, R), the caption (B, L, width).
    """
    scheduler, dtype = models.scheduler, models.dtype
    moments = batch["moments"] if "moments" in batch else models.moments(batch["pixel_values"])
    mean, log_variance = moments.float().chunk(2, dim=1)
    latents = (
        mean + torch.exp(0.5 * log_variance) * batch["latent_noise"]
    ) * models.vae.config.scaling_factor

    noise, timesteps = batch["noise"], batch["timestep"]
    noisy = scheduler.add_noise(latents, noise, timesteps).to(dtype)
    text = batch["hidden_states"] if "hidden_states" in batch else models.hidden_states(batch["input_ids"])

    down, middle = controlnet(
        noisy,
        timesteps,
        encoder_hidden_states=text,
        controlnet_cond=batch["condition"].to(dtype),
        return_dict=False,
    )
    prediction = models.unet(
        noisy,
        timesteps,
        encoder_hidden_states=text,
        down_block_additional_residuals=[residual.to(dtype) for residual in down],
        mid_block_additional_residual=middle.to(dtype),
        return_dict=False,
    )[0]
    is_velocity = scheduler.config.prediction_type == "v_prediction"
    target = scheduler.get_velocity(latents, noise, timesteps) if is_velocity else noise
    return F.mse_loss(prediction.float(), target)
