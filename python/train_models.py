"""The networks: a frozen Stable Diffusion 1.x or 2.x, and the ControlNet that is trained."""

from dataclasses import dataclass
from typing import Any, cast

import torch
from diffusers import AutoencoderKL, ControlNetModel, DDPMScheduler, UNet2DConditionModel
from transformers import CLIPTextModel, CLIPTokenizer

from refused import Refused
from train_arguments import Arguments

TARGETS = ("epsilon", "v_prediction")


@dataclass(frozen=True)
class Models:
    """The frozen parts. In shapes, B is the batch, R the resolution, L the length of a caption in tokens."""

    tokenizer: CLIPTokenizer
    text_encoder: CLIPTextModel
    vae: AutoencoderKL
    unet: UNet2DConditionModel
    scheduler: DDPMScheduler
    dtype: torch.dtype
    """Of their weights, and so what they compute in."""

    def latent_shape(self, resolution: int) -> tuple[int, int, int]:
        """(4, R/8, R/8)"""
        side = resolution // 2 ** (len(self.vae.config.block_out_channels) - 1)
        return (self.vae.config.latent_channels, side, side)

    def moments_shape(self, resolution: int) -> tuple[int, int, int]:
        """(8, R/8, R/8)"""
        channels, height, width = self.latent_shape(resolution)
        return (2 * channels, height, width)

    @torch.no_grad()
    def moments(self, pixel_values: torch.Tensor) -> torch.Tensor:
        """Encodes pictures (B, 3, R, R) in [-1, 1]. Returns mean and log-variance of the latents, (B, 8, R/8, R/8)."""
        distribution = self.vae.encode(pixel_values.to(self.dtype)).latent_dist
        return torch.cat([distribution.mean, distribution.logvar], dim=1)

    @torch.no_grad()
    def hidden_states(self, input_ids: torch.Tensor) -> torch.Tensor:
        """Encodes captions, (B, L) token ids. Returns (B, L, width)."""
        return cast(torch.Tensor, self.text_encoder(input_ids)[0])

    def place_encoders(self, device: torch.device, args: Arguments) -> None:
        """Moves the encoders to the device. One whose output is cached waits in main memory."""
        self.vae.to("cpu" if args.cache_latents else device)
        self.text_encoder.to("cpu" if args.cache_captions else device)


def load_models(args: Arguments, dtype: torch.dtype) -> tuple[Models, ControlNetModel]:
    """Loads the frozen models, and the ControlNet in float32: the one given, or a copy of the UNet's encoder."""
    base = args.pretrained_model_name_or_path
    # A file of another format may run code when it is loaded.
    weights: dict[str, Any] = {"variant": args.variant, "dtype": dtype, "use_safetensors": True}
    models = Models(
        tokenizer=CLIPTokenizer.from_pretrained(base, subfolder="tokenizer"),
        text_encoder=CLIPTextModel.from_pretrained(base, subfolder="text_encoder", **weights),
        vae=AutoencoderKL.from_pretrained(base, subfolder="vae", **weights),
        unet=UNet2DConditionModel.from_pretrained(base, subfolder="unet", **weights),
        scheduler=DDPMScheduler.from_pretrained(base, subfolder="scheduler"),
        dtype=dtype,
    )
    check_family(models, base)
    if args.controlnet_model_name_or_path:
        controlnet = ControlNetModel.from_pretrained(args.controlnet_model_name_or_path, use_safetensors=True)
    else:
        controlnet = ControlNetModel.from_unet(models.unet)
    for frozen in (models.text_encoder, models.vae, models.unet):
        frozen.requires_grad_(False).eval()
    return models, controlnet.float().train()


def check_family(models: Models, base: str) -> None:
    unet, prediction = models.unet.config, models.scheduler.config.prediction_type
    if unet.addition_embed_type is not None or unet.in_channels != models.vae.config.latent_channels:
        raise Refused(
            f"{base} is not laid out like Stable Diffusion 1.x or 2.x, which is what can be trained here"
        )
    if unet.cross_attention_dim != models.text_encoder.config.hidden_size:
        raise Refused(f"{base}: its UNet expects another text encoder ({unet.cross_attention_dim} wide)")
    if prediction not in TARGETS:
        raise Refused(f"{base} predicts `{prediction}`; expected one of {', '.join(TARGETS)}")
