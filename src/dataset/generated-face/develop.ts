/** From light to bytes: averages the finer grid, puts the backdrop behind, and adds what a camera does. */
import { clamp01 } from './curve.ts'
import { mix } from '../seeded-random.ts'
import type { Rgb, Traits } from './traits.ts'

export function develop(
  size: number,
  finer: number,
  { sensorNoise, salt }: Traits,
  backdrop: (x: number, y: number) => Rgb,
  /** Light of one place of the finer grid into `out`; gives its class, 0 where only the backdrop is. */
  look: (out: Float64Array, place: number) => number,
): { rgb: Uint8Array; segmentation: Uint8Array } {
  const rgb = new Uint8Array(size * size * 3)
  const segmentation = new Uint8Array(size * size)
  const out = new Float64Array(3)
  const sum = new Float64Array(3)
  const classes: number[] = []
  for (let pixel = 0; pixel < size * size; pixel++) {
    const [x, y] = [pixel % size, Math.floor(pixel / size)]
    sum.fill(0)
    classes.length = 0
    for (let dy = 0; dy < finer; dy++) {
      for (let dx = 0; dx < finer; dx++) {
        const label = look(out, (y * finer + dy) * size * finer + x * finer + dx)
        classes.push(label)
        const light = label === 0 ? backdrop((x + 0.5) / size, (y + 0.5) / size) : out
        // Averaged as displayed: bright glints would else swallow thin dark lines.
        for (let k = 0; k < 3; k++) sum[k]! += display(light[k]!)
      }
    }
    segmentation[pixel] = commonest(classes)
    for (let k = 0; k < 3; k++) {
      const grain = (mix(Math.imul(pixel * 3 + k + 1, 0x2c1b3c6d) ^ salt) / 2147483648) * sensorNoise * 2
      rgb[pixel * 3 + k] = Math.round(255 * clamp01(sum[k]! / (finer * finer) + grain))
    }
  }
  return { rgb, segmentation }
}

/** Linear light to the display's scale, bright parts compressed as film does. */
function display(light: number): number {
  const exposed = 1.12 * light
  const soft = exposed < 0.6 ? exposed : 0.6 + 0.4 * (1 - Math.exp(-(exposed - 0.6) / 0.4))
  return Math.pow(Math.max(0, soft), 1 / 2.2)
}

function commonest(labels: readonly number[]): number {
  let best = labels[0]!
  let most = 0
  for (const label of labels) {
    const count = labels.filter((other) => other === label).length
    if (count > most) [best, most] = [label, count]
  }
  return best
}
