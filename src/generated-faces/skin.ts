/** Paints the skin of the head: eyes, brows, lips, nostrils, beard. */
import { bell, bell2, clamp01, lerp, noise, roughNoise, smoothstep } from './curve.ts'
import { createEyePainter } from './eye.ts'
import type { Features } from './features.ts'
import { createLipPainter } from './lips.ts'
import { CLASSES, finish, paint, type Surface } from './surface.ts'
import { mixRgb, type Rgb } from './palette.ts'
import type { Traits } from './traits.ts'

/** `fromHair` is the distance to the hairline. */
export function createSkin(
  traits: Traits,
  features: Features,
): (surface: Surface, x: number, y: number, azimuth: number, fromHair: number) => void {
  const { skin, salt, beard, hair } = traits
  const paintEye = createEyePainter(traits, features)
  const paintLips = createLipPainter(traits, features)
  const paintBrow = createBrowPainter(traits, features)
  const { nose } = features
  const [red, green, blue] = skin.colour
  const whiskers: Rgb = mixRgb(
    [hair.colour[0] * 0.8, hair.colour[1] * 0.8, hair.colour[2] * 0.8],
    skin.colour,
    0.06,
  )

  return (surface, x, y, azimuth, fromHair) => {
    const front = Math.abs(azimuth) < 89
    const warm = 0.25 * noise(x / 22, y / 22, salt) + (front ? flush(x, y) : 0)
    const mottled = 0.03 * roughNoise(x / 5, y / 5, salt + 20)
    const light = 1 - mottled - 0.22 * bell(fromHair, 5) - (front ? shadows(x, y) : 0)
    paint(
      surface,
      red * light * (1 + 0.05 * warm),
      green * light * (1 - 0.13 * warm),
      blue * light * (1 - 0.12 * warm),
    )
    const oily = 0.07 * bell2(x, y - 30, 12, 24) + 0.05 * bell2(x, y + 45, 34, 18)
    finish(surface, 0.1 + oily, 18, 1, front && isNose(Math.abs(x), y, nose) ? CLASSES.nose : CLASSES.skin)
    if (!front) return

    const growth = beard.kind === 'none' ? 0 : beardGrowth(beard.kind, features, x, y, azimuth)
    if (growth > 0.02) growBeard(surface, growth, x, y)
    if (y < -5) paintBrow(surface, x, y)
    if (y > -26 && y < 22) paintEye(surface, x, y)
    if (y > 40) paintLips(surface, x, y)
  }

  /** Red cheeks, nose and chin. */
  function flush(x: number, y: number): number {
    const cheeks = 0.9 * bell2(Math.abs(x) - 44, y - 32, 17, 15)
    const tip = 0.9 * bell2(x, y - nose.tip, 14, 11)
    return skin.redness * (cheeks + tip) + 0.5 * bell2(x, y - features.chin + 12, 16, 10)
  }

  /** Darker places: beside the nose, below the eyes, nostrils, freckles, wrinkles. */
  function shadows(x: number, y: number): number {
    const wide = Math.abs(x)
    const bags = (0.05 + 0.09 * skin.age) * bell(y - 13 - 0.1 * (wide - 30), 5) * bell(wide - 27, 13)
    let dark = 0.13 * bell2(wide - 15, y - 3, 8, 8) + bags + nostrils(wide, y, nose)
    dark += 0.1 * skin.age * wrinkles(x, y)
    if (skin.freckles > 0) {
      const spots = smoothstep(0.52, 0.7, noise(x / 1.7, y / 1.7, salt + 9))
      dark += 0.35 * skin.freckles * spots * bell2(wide - 22, y - 26, 26, 18)
    }
    return dark
  }

  function growBeard(surface: Surface, growth: number, x: number, y: number): void {
    const hairs = 0.75 + 0.5 * noise(x * 0.9 + 2 * noise(x / 8, y / 8, salt), y * 0.35, salt + 40)
    const edge = clamp01(growth * 1.5 + 0.4 * noise(x * 1.2, y * 0.6, salt + 41) * (1 - growth))
    const cover =
      beard.kind === 'stubble'
        ? 0.32 * beard.strength * growth * (0.8 + 0.4 * hairs)
        : edge * (0.75 + 0.2 * beard.strength)
    surface.red = lerp(surface.red, whiskers[0] * hairs, cover)
    surface.green = lerp(surface.green, whiskers[1] * hairs, cover)
    surface.blue = lerp(surface.blue, whiskers[2] * hairs, cover)
    surface.gloss *= 1 - 0.7 * cover
    if (beard.kind !== 'stubble' && cover > 0.45) surface.class = CLASSES.beard
  }
}

function isNose(wide: number, y: number, nose: Features['nose']): boolean {
  if (y < -2 || y > nose.base + 1.5) return false
  return wide < nose.width * lerp(7, 18.5, Math.pow(clamp01(y / nose.base), 1.6))
}

function nostrils(wide: number, y: number, nose: Features['nose']): number {
  const hole = bell2((wide - 7.2 * nose.width) * 0.94 + (y - nose.base) * 0.25, y - nose.base + 1.4, 3.3, 1.9)
  const crease = 0.2 * bell2(wide - 17.2 * nose.width, y - nose.base + 6, 2.2, 6.5)
  return 0.8 * smoothstep(0.25, 0.85, hole) + crease + 0.16 * bell2(wide - 6, y - nose.base - 0.6, 9, 2.6)
}

/** Faint lines over the forehead and beside the eyes. */
function wrinkles(x: number, y: number): number {
  if (y > 20) return 0
  const forehead = Math.max(0, Math.sin((y + 0.004 * x * x) / 1.9)) * bell2(x, y + 46, 34, 12)
  return (
    0.7 * forehead * forehead +
    bell2(Math.abs(x) - 54, y - 2, 6, 8) * Math.max(0, Math.sin(y / 1.1 + Math.abs(x) / 3))
  )
}

function beardGrowth(
  kind: Traits['beard']['kind'],
  features: Features,
  x: number,
  y: number,
  azimuth: number,
): number {
  const { mouth, nose } = features
  const t = Math.abs(x) / mouth.halfWidth
  const corner = mouth.topInner(1)
  const middle = nose.base + 4 + 3 * t
  const moustache =
    smoothstep(middle - 3, middle + 3, y) * smoothstep(corner + 9, corner, y) * smoothstep(1.25, 0.85, t)
  if (kind === 'moustache') return moustache
  const soft = kind === 'stubble' ? 9 : 0
  const edge = lerp(corner - 4, 12, smoothstep(26, 72, Math.abs(azimuth)))
  const sides = smoothstep(edge - 4 - soft, edge + 8 + soft, y) * smoothstep(84, 74, Math.abs(azimuth))
  const bare = 0.75 * bell2(x, y - mouth.bottomOuter(0) - 2, 15, 3.5)
  return Math.max(moustache, sides - bare)
}

function createBrowPainter(
  { hair, salt, skin }: Traits,
  { brow }: Features,
): (surface: Surface, x: number, y: number) => void {
  const colour = mixRgb(hair.brow, skin.colour, 0.1)
  return (surface, x, y) => {
    const along = (Math.abs(x) - brow.inner) / (brow.outer - brow.inner)
    if (along < -0.06 || along > 1.04) return
    const place = clamp01(along)
    const offset = y - brow.y(place)
    const half = brow.thickness(place) / 2
    if (Math.abs(offset) > half + 2.5) return
    const hairs = noise(Math.abs(x) * 1.3 + offset * lerp(0.9, -0.5, place), offset * 0.7, salt + 50)
    const ends = smoothstep(-0.06, 0.05, along) * smoothstep(1.04, 0.9, along)
    const cover = clamp01(
      ends * smoothstep(half + 1.4, half - 1.4, Math.abs(offset) + 0.9 * hairs) * (0.82 + 0.25 * hairs),
    )
    surface.red = lerp(surface.red, colour[0], cover)
    surface.green = lerp(surface.green, colour[1], cover)
    surface.blue = lerp(surface.blue, colour[2], cover)
    surface.gloss *= 1 - cover
    if (cover > 0.4) surface.class = x < 0 ? CLASSES.rightBrow : CLASSES.leftBrow
  }
}
