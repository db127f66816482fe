/** What a preset, the machine and the config decide of a training. */
export interface TrainingSettings {
  readonly preset: string
  readonly device: 'cpu' | 'cuda'
  /** The cards that train, for people: `NVIDIA H200 (GPU 0)`; null on the CPU. */
  readonly gpu: string | null
  readonly train_batch_size: number
  readonly gradient_accumulation_steps: number
  readonly mixed_precision: 'no' | 'fp16' | 'bf16'
  readonly gradient_checkpointing: boolean
  /** The builtin engine alone. */
  readonly gradient_checkpointing_unet: boolean
  /** The builtin engine alone; on a card the VAE then waits in main memory. */
  readonly cache_latents: boolean
  /** The builtin engine alone; on a card the text encoder then waits in main memory. */
  readonly cache_captions: boolean
  readonly use_8bit_adam: boolean
  readonly dataloader_num_workers: number
  readonly num_processes: number
  readonly allow_tf32: boolean
}
