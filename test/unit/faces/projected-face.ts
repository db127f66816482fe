/** Landmarks of generated people, without pictures. */
import type { Point } from '../../../src/faces/face.ts'
import { headTurn } from '../../../src/generated-faces/body.ts'
import { placeFeatures } from '../../../src/generated-faces/features.ts'
import { shapeHead } from '../../../src/generated-faces/head.ts'
import { placeLandmarks, type Point3 } from '../../../src/generated-faces/landmarks.ts'
import { turner } from '../../../src/faces/turn.ts'
import type { Traits } from '../../../src/generated-faces/traits.ts'

/** Landmarks on the head itself, not rotated, in millimetres. */
export function shapeLandmarks(traits: Traits): Point3[] {
  const features = placeFeatures(traits)
  return placeLandmarks(features, shapeHead(traits, features), ([x]) => x).slice(0, 68)
}

/** Landmarks as a camera at one metre sees them, in pixels. */
export function projectFace(traits: Traits): Point[] {
  const features = placeFeatures(traits)
  const head = shapeHead(traits, features)
  const { point } = turner(headTurn(traits))
  const project = (p: Point3): Point => {
    const [x, y, z] = point(p)
    const scale = (traits.camera.pixelsPerMm * 1000) / (1000 - z)
    return [traits.camera.x + scale * x, traits.camera.y + scale * y]
  }
  return placeLandmarks(features, head, (p) => project(p)[0])
    .slice(0, 68)
    .map(project)
}
