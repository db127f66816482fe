/** Materials: colour, gloss and segmentation class of a position on a surface. */
import { MATERIALS } from './body.ts'
import { bell, clamp01, noise, roughNoise, smoothstep } from './curve.ts'
import type { Features } from './features.ts'
import { createHairline, strands } from './hair.ts'
import { createSkin } from './skin.ts'
import { CLASSES, finish, paint, type Surface } from './surface.ts'
import { mixRgb, type Rgb } from './palette.ts'
import type { Traits } from './traits.ts'

/** `coords` and `at` locate the three coordinates that the mesh stored for the position. */
export type Material = (surface: Surface, coords: Float32Array, at: number) => void

/** Returns the materials, indexed by material number. */
export function createMaterials(traits: Traits, features: Features): Material[] {
  const skin = createSkin(traits, features)
  const hair = createHair(traits)
  const hairline = createHairline(traits)
  const materials: Material[] = []
  materials[MATERIALS.head] = (surface, coords, at) => {
    const [x, y, azimuth] = [coords[at]!, coords[at + 1]!, coords[at + 2]!]
    const fray =
      traits.hair.style === 'hat' || traits.hair.style === 'bald'
        ? 0
        : 3.5 * noise(azimuth * 0.9, y / 14, traits.salt + 7)
    const edge = hairline(azimuth) + fray
    if (y < edge) hair(surface, azimuth * 1.25, y, edge - y)
    else skin(surface, x, y, azimuth, y - edge)
  }
  materials[MATERIALS.ear] = (surface, coords, at) => {
    const bowl = bell(coords[at + 2]!, 0.5)
    skin(surface, 90, 10, 95, 50)
    paint(
      surface,
      surface.red * (1 - 0.3 * bowl) * 1.05,
      surface.green * (1 - 0.42 * bowl) * 0.92,
      surface.blue * (1 - 0.42 * bowl) * 0.9,
    )
    surface.class = CLASSES.rightEar
  }
  materials[MATERIALS.neck] = (surface, coords, at) => {
    skin(surface, 90, coords[at + 1]!, 95, 50)
    const tone = 0.96 + 0.05 * roughNoise(coords[at + 2]! / 9, coords[at + 1]! / 12, traits.salt)
    paint(surface, surface.red * tone, surface.green * tone, surface.blue * tone)
    surface.class = CLASSES.neck
  }
  materials[MATERIALS.clothes] = createClothes(traits, skin)
  materials[MATERIALS.longHair] = (surface, coords, at) =>
    hair(surface, coords[at]! * 1.25, coords[at + 1]!, 30)
  materials[MATERIALS.glasses] = (surface) => {
    paint(surface, ...(traits.glasses?.colour ?? [0, 0, 0]))
    finish(surface, 0.5, 40, 0, CLASSES.glasses)
  }
  return materials
}

/** `depth` is the distance inside the hair's edge; near the edge the hair is thinner and shows skin. */
function createHair({
  hair,
  clothing,
  skin,
  salt,
}: Traits): (s: Surface, across: number, along: number, depth: number) => void {
  if (hair.style === 'hat') {
    return (surface, across, along, depth) => {
      const rib = 0.82 + 0.18 * Math.sin(across * 1.6) * (depth < 26 ? 1 : 0.4) - 0.35 * bell(depth - 26, 1.6)
      const knit = rib * (0.95 + 0.1 * noise(across, along, salt))
      const [r, g, b] = clothing.second
      paint(surface, r * knit, g * knit, b * knit)
      finish(surface, 0.02, 6, 0.1, CLASSES.headwear)
    }
  }
  const thin = hair.style === 'buzz'
  return (surface, across, along, depth) => {
    const strand = strands(across, along, hair.curl, salt)
    const cover = thin ? 0.72 * smoothstep(-2, 10, depth) : smoothstep(-3, 5, depth)
    const shade = strand * (0.8 + 0.2 * smoothstep(0, 12, depth))
    const colour = mixRgb(
      skin.colour,
      [hair.colour[0] * shade, hair.colour[1] * shade, hair.colour[2] * shade],
      cover,
    )
    paint(surface, ...colour)
    finish(surface, 0.09 * (strand - 0.3) * cover, 14, 0.3, CLASSES.hair)
  }
}

type SkinPainter = (surface: Surface, x: number, y: number, azimuth: number, fromHair: number) => void

function createClothes({ clothing, salt }: Traits, skin: SkinPainter): Material {
  return (surface, coords, at) => {
    const [x, y, azimuth] = [coords[at]!, coords[at + 1]!, coords[at + 2]!]
    const front = smoothstep(60, 0, Math.abs(azimuth))
    const collar =
      126 + 14 * front + clothing.neck * clamp01(1 - Math.abs(x) / 42) * (Math.abs(azimuth) < 90 ? 1 : 0)
    if (y < collar) {
      skin(surface, 90, y, 95, 50)
      surface.class = CLASSES.neck
      return
    }
    const hem = 0.8 + 0.2 * smoothstep(0, 1.5, Math.abs(y - collar - 7))
    const stripe =
      clothing.pattern === 'stripes' && Math.floor((y + 4 * noise(x / 40, 1, salt)) / 13) % 2 === 0
    const [r, g, b]: Rgb = stripe ? clothing.second : clothing.colour
    const weave =
      hem * (0.94 + 0.09 * roughNoise(x / 18, y / 30, salt) + 0.05 * noise(x * 1.3, y * 1.3, salt))
    paint(surface, r * weave, g * weave, b * weave)
    finish(surface, 0.02, 5, 0, CLASSES.clothing)
  }
}
