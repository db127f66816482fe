/**
 * Makes up a face: a picture, its segmentation, its exact landmarks and a caption. A head is modelled in three dimensions,
 * coloured, lit and seen by a camera, so that picture, segmentation and landmarks agree by construction.
 */
import type { Point } from '../faces/face.ts'
import { createBackdrop } from './backdrop.ts'
import { buildBody, headTurn } from './body.ts'
import { describeTraits } from './describe-traits.ts'
import type { FaceKind } from './face-kinds.ts'
import { placeFeatures } from './features.ts'
import { shapeHead } from './head.ts'
import { placeLandmarks } from './landmarks.ts'
import { castShadow, createShader, lampDirection, underSky } from './light.ts'
import { createMaterials } from './materials.ts'
import { turner } from '../faces/turn.ts'
import { develop } from './develop.ts'
import { DEFAULT_FACES, type FaceSet } from './generated-source.ts'
import { rasterise, VALUES, type Projection } from './face-raster.ts'
import { planPlainTraits } from './plain-traits.ts'
import type { Surface } from './surface.ts'
import { planTraits, type Traits } from './traits.ts'

export interface GeneratedFace {
  /** Three bytes a pixel. */
  readonly rgb: Uint8Array
  /** One byte a pixel: FaceSynthetics' classes. */
  readonly segmentation: Uint8Array
  /** 68 iBUG points and the two pupils, in pixels of the picture. */
  readonly landmarks: readonly Point[]
  /** Names hair, skin and background. */
  readonly caption: string
}

const TRAITS: Readonly<Record<FaceKind, (seed: number, index: number) => Traits>> = {
  varied: planTraits,
  plain: planPlainTraits,
}

/** The same seed, index and options give the same face; each index of a seed gives another one. */
export function generateFace(
  seed: number,
  index: number,
  { size, kind }: Omit<FaceSet, 'count'> = DEFAULT_FACES,
): GeneratedFace {
  const traits = TRAITS[kind](seed, index)
  const features = placeFeatures(traits)
  const head = shapeHead(traits, features)
  const { point } = turner(headTurn(traits))
  const project = createCamera(traits, size)
  const landmarks = placeLandmarks(features, head, (p) => project(point(p))[0])
    .map((p) => project(point(p)))
    .map(([x, y]): Point => [x - 0.5, y - 0.5])

  const detail = planDetail(size)
  const meshes = underSky(buildBody(traits, features, head, detail), Math.round(150 * detail))
  const surfaces = rasterise(meshes, size * FINER, (p) => finer(project(p)))
  const shadow = castShadow(meshes, lampDirection(traits), Math.round(320 * detail))
  const shade = createShader(traits, shadow, surfaces)
  const materials = createMaterials(traits, features)
  const surface: Surface = { red: 0, green: 0, blue: 0, gloss: 0, sharpness: 1, soft: 0, class: 0 }

  const { rgb, segmentation } = develop(size, FINER, traits, createBackdrop(traits), (out, pixel) => {
    const material = surfaces.materials[pixel]!
    if (material === 0) return 0
    materials[material]!(surface, surfaces.values, pixel * VALUES)
    shade(out, surface, pixel)
    return surface.class
  })
  return { rgb, segmentation, landmarks, caption: describeTraits(traits) }
}

/** Surfaces are worked out on a grid this many times finer than the picture, for smooth edges. */
const FINER = 2

function finer([x, y, near]: readonly [number, number, number]): [number, number, number] {
  return [x * FINER, y * FINER, near]
}

/** Share of the full fineness of meshes and shadows. Small pictures do with less: 0.44 at 128 pixels. */
function planDetail(size: number): number {
  return Math.min(1, Math.pow(size / DEFAULT_FACES.size, 0.6))
}

/** A camera a metre away, as for a portrait. */
function createCamera({ camera }: Traits, size: number): Projection {
  const distance = 1000
  // Traits place the head in a picture of the usual size.
  const share = size / DEFAULT_FACES.size
  return ([x, y, z]) => {
    const scale = (camera.pixelsPerMm * distance) / (distance - z)
    return [share * (camera.x + scale * x), share * (camera.y + scale * y), z]
  }
}
