/**
 * Makes up a face: a picture of 512x512 pixels, its segmentation, and its exact landmarks. A head is modelled in three
 * dimensions, coloured, lit and seen by a camera, so that picture, segmentation and landmarks agree by construction.
 */
import type { Point } from '../faces/face.ts'
import { createBackdrop } from './backdrop.ts'
import { buildBody, headTurn } from './body.ts'
import { placeFeatures } from './features.ts'
import { shapeHead } from './head.ts'
import { placeLandmarks } from './landmarks.ts'
import { castShadow, createShader, lampDirection, underSky } from './light.ts'
import { createMaterials } from './materials.ts'
import { turner } from '../faces/turn.ts'
import { develop } from './develop.ts'
import { rasterise, VALUES, type Projection } from './face-raster.ts'
import type { Surface } from './surface.ts'
import { planTraits, type Traits } from './traits.ts'

export const GENERATED_FACE_SIZE = 512

export interface GeneratedFace {
  /** Three bytes a pixel. */
  readonly rgb: Uint8Array
  /** One byte a pixel: FaceSynthetics' classes. */
  readonly segmentation: Uint8Array
  /** 68 iBUG points and the two pupils, in pixels of the picture. */
  readonly landmarks: readonly Point[]
}

/** The same seed and index give the same face; each index of a seed gives another one. */
export function generateFace(seed: number, index: number): GeneratedFace {
  const traits = planTraits(seed, index)
  const features = placeFeatures(traits)
  const head = shapeHead(traits, features)
  const { point } = turner(headTurn(traits))
  const project = createCamera(traits)
  const landmarks = placeLandmarks(features, head, (p) => project(point(p))[0])
    .map((p) => project(point(p)))
    .map(([x, y]): Point => [x - 0.5, y - 0.5])

  const size = GENERATED_FACE_SIZE * FINER
  const meshes = underSky(buildBody(traits, features, head))
  const surfaces = rasterise(meshes, size, (p) => finer(project(p)))
  const shade = createShader(traits, castShadow(meshes, lampDirection(traits), 320), surfaces)
  const materials = createMaterials(traits, features)
  const surface: Surface = { red: 0, green: 0, blue: 0, gloss: 0, sharpness: 1, soft: 0, class: 0 }

  const { rgb, segmentation } = develop(
    GENERATED_FACE_SIZE,
    FINER,
    traits,
    createBackdrop(traits),
    (out, pixel) => {
      const material = surfaces.materials[pixel]!
      if (material === 0) return 0
      materials[material]!(surface, surfaces.values, pixel * VALUES)
      shade(out, surface, pixel)
      return surface.class
    },
  )
  return { rgb, segmentation, landmarks }
}

/** Surfaces are worked out on a grid this many times finer than the picture, for smooth edges. */
const FINER = 2

function finer([x, y, near]: readonly [number, number, number]): [number, number, number] {
  return [x * FINER, y * FINER, near]
}

/** A camera a metre away, as for a portrait. */
function createCamera({ camera }: Traits): Projection {
  const distance = 1000
  return ([x, y, z]) => {
    const scale = (camera.pixelsPerMm * distance) / (distance - z)
    return [camera.x + scale * x, camera.y + scale * y, z]
  }
}
