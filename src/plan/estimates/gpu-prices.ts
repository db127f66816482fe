/** What an hour of a rented card costs. Pure. */

export interface GpuPrices {
  readonly currency: string
  /** Month of the prices: `2026-08`. */
  readonly as_of: string
  /** Who rents it out. */
  readonly source: string
  /** An hour of one card, by its name in gpu-cards.ts. */
  readonly per_hour: Readonly<Record<string, number>>
}

/** Hugging Face Jobs, hardware as documented in August 2026; the smallest machine with one such card. */
export const GPU_PRICES: GpuPrices = {
  currency: 'USD',
  as_of: '2026-08',
  source: 'Hugging Face Jobs',
  per_hour: {
    t4: 0.4,
    l4: 0.8,
    a10g: 1,
    l40s: 1.8,
    'a100-80gb': 2.5,
    'rtx-pro-6000': 2.75,
    h200: 5,
  },
}
