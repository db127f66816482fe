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
  /** Dense tensor operations a second of 16-bit numbers with 32-bit sums, in 1e12: NVIDIA's data sheets. */
  readonly teraflops: number
  /** Of the memory, in 1e9 bytes a second. */
  readonly bandwidthGb: number
}

/** By memory, smallest first. */
export const GPU_CARDS: readonly GpuCard[] = [
  card('rtx-2060', 'NVIDIA GeForce RTX 2060', 6144, 7.5, 25.8, 336),
  card('rtx-4060', 'NVIDIA GeForce RTX 4060', 8188, 8.9, 30.2, 272),
  card('rtx-2070', 'NVIDIA GeForce RTX 2070', 8192, 7.5, 29.9, 448),
  card('rtx-3060-ti', 'NVIDIA GeForce RTX 3060 Ti', 8192, 8.6, 32.4, 448),
  card('rtx-3070', 'NVIDIA GeForce RTX 3070', 8192, 8.6, 40.6, 448),
  card('rtx-3080', 'NVIDIA GeForce RTX 3080', 10_240, 8.6, 59.5, 760),
  card('rtx-2080-ti', 'NVIDIA GeForce RTX 2080 Ti', 11_264, 7.5, 53.8, 616),
  card('rtx-5070', 'NVIDIA GeForce RTX 5070', 12_227, 12, 61.7, 672),
  card('rtx-4070', 'NVIDIA GeForce RTX 4070', 12_282, 8.9, 58.3, 504),
  card('rtx-3060', 'NVIDIA GeForce RTX 3060', 12_288, 8.6, 25.6, 360),
  card('t4', 'Tesla T4', 15_360, 7.5, 65, 320),
  card('v100-16gb', 'Tesla V100-SXM2-16GB', 16_160, 7, 125, 900),
  card('p100', 'Tesla P100-PCIE-16GB', 16_280, 6, 21.2, 732),
  card('rtx-5070-ti', 'NVIDIA GeForce RTX 5070 Ti', 16_303, 12, 87.9, 896),
  card('rtx-5080', 'NVIDIA GeForce RTX 5080', 16_303, 12, 112.6, 960),
  card('rtx-4080', 'NVIDIA GeForce RTX 4080', 16_376, 8.9, 97.5, 717),
  card('rtx-a4000', 'NVIDIA RTX A4000', 16_376, 8.6, 76.7, 448),
  card('rtx-4060-ti-16gb', 'NVIDIA GeForce RTX 4060 Ti', 16_380, 8.9, 44.1, 288),
  card('a10g', 'NVIDIA A10G', 23_028, 8.6, 70, 600),
  card('l4', 'NVIDIA L4', 23_034, 8.9, 121, 300),
  card('rtx-4090', 'NVIDIA GeForce RTX 4090', 24_564, 8.9, 165.2, 1008),
  card('rtx-a5000', 'NVIDIA RTX A5000', 24_564, 8.6, 111.1, 768),
  card('rtx-3090', 'NVIDIA GeForce RTX 3090', 24_576, 8.6, 71.2, 936),
  card('rtx-5090', 'NVIDIA GeForce RTX 5090', 32_607, 12, 209.5, 1792),
  card('v100-32gb', 'Tesla V100-SXM2-32GB', 32_768, 7, 125, 900),
  card('a100-40gb', 'NVIDIA A100-SXM4-40GB', 40_960, 8, 312, 1555),
  card('l40s', 'NVIDIA L40S', 46_068, 8.9, 362, 864),
  card('rtx-a6000', 'NVIDIA RTX A6000', 49_140, 8.6, 154.8, 768),
  card('rtx-6000-ada', 'NVIDIA RTX 6000 Ada Generation', 49_140, 8.9, 364.2, 960),
  card('h100', 'NVIDIA H100 80GB HBM3', 81_559, 9, 989, 3350),
  card('a100-80gb', 'NVIDIA A100-SXM4-80GB', 81_920, 8, 312, 2039),
  card('rtx-pro-6000', 'NVIDIA RTX PRO 6000 Blackwell', 97_887, 12, 503.8, 1792),
  card('h200', 'NVIDIA H200', 143_771, 9, 989, 4800),
  card('b200', 'NVIDIA B200', 183_359, 10, 2250, 8000),
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

/** Returns the card that nvidia-smi calls so; null when it is in no table, as laptops' slower ones. */
export function findGpuCard(title: string): GpuCard | null {
  const plain = (text: string): string => text.toLowerCase().replace(/nvidia|geforce|tesla|[^a-z0-9]/g, '')
  const wanted = plain(title)
  if (/laptop|mobile|maxq/.test(wanted)) return null
  const cards = GPU_CARDS.filter((each) => wanted.startsWith(plain(each.title)))
  return cards.sort((a, b) => b.title.length - a.title.length)[0] ?? null
}

// prettier-ignore
function card(
  ...[name, title, memoryMib, computeCapability, teraflops, bandwidthGb]: [string, string, number, number, number, number]
): GpuCard {
  return { name, title, memoryMib, computeCapability, teraflops, bandwidthGb }
}
