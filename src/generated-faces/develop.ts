/** Converts light to bytes: averages the finer grid, adds the background, and simulates a camera. */
import { clamp01, lerp } from './curve.ts'
import { mix } from './seeded-random.ts'
import type { Rgb } from './palette.ts'
import type { Traits } from './traits.ts'

export function develop(
  size: number,
  finer: number,
  { sensorNoise, salt, skin }: Traits,
  backdrop: (x: number, y: number) => Rgb,
  /** Writes the light at one position of the finer grid into `out`; returns its segmentation class, 0 for the background. */
  look: (out: Float64Array, place: number) => number,
): { rgb: Uint8Array; segmentation: Uint8Array } {
  const rgb = new Uint8Array(size * size * 3)
  const segmentation = new Uint8Array(size * size)
  // Exposure is set for the face: darker skin gets a longer exposure.
  const exposure = 0.9 + 0.5 * (1 - skin.colour[0]) ** 2
  const out = new Float64Array(3)
  const sum = new Float64Array(3)
  const labels = new Uint8Array(finer * finer)
  for (let pixel = 0; pixel < size * size; pixel++) {
    const x = pixel % size
    const y = (pixel - x) / size
    let bare = 0
    sum.fill(0)
    for (let i = 0; i < labels.length; i++) {
      const column = x * finer + (i % finer)
      const label = look(out, (y * finer + Math.floor(i / finer)) * size * finer + column)
      labels[i] = label
      // Averages display values, not light: otherwise bright highlights would swallow thin dark lines.
      if (label === 0) bare++
      else for (let k = 0; k < 3; k++) sum[k]! += display(exposure * out[k]!)
    }
    if (bare > 0) {
      const behind = backdrop((x + 0.5) / size, (y + 0.5) / size)
      for (let k = 0; k < 3; k++) sum[k]! += bare * display(exposure * behind[k]!)
    }
    segmentation[pixel] = commonest(labels)
    for (let k = 0; k < 3; k++) {
      const grain = (mix(Math.imul(pixel * 3 + k + 1, 0x2c1b3c6d) ^ salt) / 2147483648) * sensorNoise * 2
      rgb[pixel * 3 + k] = Math.round(255 * clamp01(sum[k]! / labels.length + grain))
    }
  }
  return { rgb, segmentation }
}

/** Converts linear light to display values, with a table over the square root of light up to `BRIGHTEST`. */
function display(light: number): number {
  const place = Math.sqrt(Math.max(0, Math.min(light / BRIGHTEST, 1))) * TABLE_SIZE
  const below = Math.min(TABLE_SIZE - 1, Math.floor(place))
  return lerp(DISPLAY[below]!, DISPLAY[below + 1]!, place - below)
}

const BRIGHTEST = 4
const TABLE_SIZE = 1024
const DISPLAY = Float64Array.from({ length: TABLE_SIZE + 1 }, (_, i) =>
  tone((i / TABLE_SIZE) ** 2 * BRIGHTEST),
)

/** Compresses bright values, as film does. */
function tone(light: number): number {
  const soft = light < 0.6 ? light : 0.6 + 0.4 * (1 - Math.exp(-(light - 0.6) / 0.4))
  return Math.pow(soft, 1 / 2.2)
}

function commonest(labels: Uint8Array): number {
  const first = labels[0]!
  if (labels.every((label) => label === first)) return first
  const count = (label: number): number => labels.filter((other) => other === label).length
  return labels.reduce((best, label) => (count(label) > count(best) ? label : best), first)
}
