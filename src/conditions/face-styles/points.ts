/** Landmarks as white dots, like the face part of OpenPose and DWPose drawings. */
import { LANDMARK_COUNT } from '../../faces/face.ts'
import { fillCircle } from '../../raster/canvas.ts'
import { toCanvas, type DrawFace, type FaceStyle } from './draw-face.ts'

/** In pixels, for a shorter side of 512. */
const RADIUS = 3

export const points: FaceStyle<'points'> = { name: 'points', words: 'white dots', draw: drawPoints }

function drawPoints(...[canvas, face, scale]: Parameters<DrawFace>): void {
  for (const point of face.slice(0, LANDMARK_COUNT)) {
    fillCircle(canvas, toCanvas(point), RADIUS * scale, [255, 255, 255])
  }
}
