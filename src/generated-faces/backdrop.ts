/** The background behind the person: soft, out-of-focus colours. */
import { bell2, clamp01, lerp } from './curve.ts'
import { createSeededRandom } from './seeded-random.ts'
import type { Rgb } from './palette.ts'
import type { Traits } from './traits.ts'

/** Returns a function from a position in the picture (x and y from 0 to 1) to its colour in linear light. */
export function createBackdrop({ background, salt }: Traits): (x: number, y: number) => Rgb {
  const r = createSeededRandom(salt, 77)
  const turn = r.between(-0.8, 0.8)
  const blobs = Array.from({ length: background.blobs }, () => ({
    x: r.between(-0.1, 1.1),
    y: r.between(-0.1, 0.9),
    width: r.between(0.05, 0.28),
    height: r.between(0.05, 0.4),
    strength: r.between(0.15, 0.7),
    colour: r.pick(background.colours),
  }))
  const [upper, lower] = background.colours
  return (x, y) => {
    const t = clamp01(0.5 + (y - 0.5) * 0.9 + (x - 0.5) * turn)
    const colour: [number, number, number] = [
      lerp(upper[0], lower[0], t),
      lerp(upper[1], lower[1], t),
      lerp(upper[2], lower[2], t),
    ]
    for (const blob of blobs) {
      const cover = blob.strength * bell2(x - blob.x, y - blob.y, blob.width, blob.height)
      for (let k = 0; k < 3; k++) colour[k] = lerp(colour[k]!, blob.colour[k]!, cover)
    }
    const vignette = 1 - 0.35 * ((x - 0.5) ** 2 + (y - 0.5) ** 2)
    return [colour[0] * vignette, colour[1] * vignette, colour[2] * vignette]
  }
}
