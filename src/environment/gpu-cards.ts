/** Cards that can be planned for without being there. */
import type { CudaFact, GpuFact } from '../types.ts'

export interface GpuCard {
  /** As `--gpu` takes it. */
  readonly name: string
  /** As nvidia-smi names it. */
  readonly title: string
  /** As nvidia-smi counts it. */
  readonly memoryMib: number
  readonly computeCapability: number
}

/** By memory, smallest first. */
export const GPU_CARDS: readonly GpuCard[] = [
  card('rtx-2060', 'NVIDIA GeForce RTX 2060', 6144, 7.5),
  card('rtx-4060', 'NVIDIA GeForce RTX 4060', 8188, 8.9),
  card('rtx-2070', 'NVIDIA GeForce RTX 2070', 8192, 7.5),
  card('rtx-3060-ti', 'NVIDIA GeForce RTX 3060 Ti', 8192, 8.6),
  card('rtx-3070', 'NVIDIA GeForce RTX 3070', 8192, 8.6),
  card('rtx-3080', 'NVIDIA GeForce RTX 3080', 10_240, 8.6),
  card('rtx-2080-ti', 'NVIDIA GeForce RTX 2080 Ti', 11_264, 7.5),
  card('rtx-5070', 'NVIDIA GeForce RTX 5070', 12_227, 12),
  card('rtx-4070', 'NVIDIA GeForce RTX 4070', 12_282, 8.9),
  card('rtx-3060', 'NVIDIA GeForce RTX 3060', 12_288, 8.6),
  card('t4', 'Tesla T4', 15_360, 7.5),
  card('v100-16gb', 'Tesla V100-SXM2-16GB', 16_160, 7),
  card('p100', 'Tesla P100-PCIE-16GB', 16_280, 6),
  card('rtx-5070-ti', 'NVIDIA GeForce RTX 5070 Ti', 16_303, 12),
  card('rtx-5080', 'NVIDIA GeForce RTX 5080', 16_303, 12),
  card('rtx-4080', 'NVIDIA GeForce RTX 4080', 16_376, 8.9),
  card('rtx-a4000', 'NVIDIA RTX A4000', 16_376, 8.6),
  card('rtx-4060-ti-16gb', 'NVIDIA GeForce RTX 4060 Ti', 16_380, 8.9),
  card('a10g', 'NVIDIA A10G', 23_028, 8.6),
  card('l4', 'NVIDIA L4', 23_034, 8.9),
  card('rtx-4090', 'NVIDIA GeForce RTX 4090', 24_564, 8.9),
  card('rtx-a5000', 'NVIDIA RTX A5000', 24_564, 8.6),
  card('rtx-3090', 'NVIDIA GeForce RTX 3090', 24_576, 8.6),
  card('rtx-5090', 'NVIDIA GeForce RTX 5090', 32_607, 12),
  card('v100-32gb', 'Tesla V100-SXM2-32GB', 32_768, 7),
  card('a100-40gb', 'NVIDIA A100-SXM4-40GB', 40_960, 8),
  card('l40s', 'NVIDIA L40S', 46_068, 8.9),
  card('rtx-a6000', 'NVIDIA RTX A6000', 49_140, 8.6),
  card('rtx-6000-ada', 'NVIDIA RTX 6000 Ada Generation', 49_140, 8.9),
  card('h100', 'NVIDIA H100 80GB HBM3', 81_559, 9),
  card('a100-80gb', 'NVIDIA A100-SXM4-80GB', 81_920, 8),
  card('rtx-pro-6000', 'NVIDIA RTX PRO 6000 Blackwell', 97_887, 12),
  card('h200', 'NVIDIA H200', 143_771, 9),
  card('b200', 'NVIDIA B200', 183_359, 10),
]

/** What the driver keeps of a card that nobody uses. */
const KEPT_BY_THE_DRIVER = 0.4e9
const MIB = 1024 * 1024

/** Facts as if a machine had this card alone, empty, and a driver for the newest build of torch. */
export function assumeCard({ title, memoryMib, computeCapability }: GpuCard): {
  gpus: GpuFact[]
  cuda: CudaFact
} {
  const totalBytes = memoryMib * MIB
  const gpu: GpuFact = {
    ...{ index: 0, uuid: 'GPU-planned', name: title, driver: '580', computeCapability },
    ...{ totalBytes, freeBytes: totalBytes - KEPT_BY_THE_DRIVER },
  }
  return { gpus: [gpu], cuda: { visibleDevices: null, parts: [], trouble: null } }
}

function card(name: string, title: string, memoryMib: number, computeCapability: number): GpuCard {
  return { name, title, memoryMib, computeCapability }
}
