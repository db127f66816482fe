/** The landmarks as white dots, as the face part of OpenPose and DWPose drawings shows them. */
import { LANDMARK_COUNT } from '../../faces/face.ts'
import { fillCircle } from '../../raster/canvas.ts'
import { toCanvas, type DrawFace } from './draw-face.ts'

/** Pixels at a short side of 512. */
const RADIUS = 3

export const drawPoints: DrawFace = (canvas, face, scale) => {
  for (const point of face.slice(0, LANDMARK_COUNT)) {
    fillCircle(canvas, toCanvas(point), RADIUS * scale, [255, 255, 255])
  }
}
