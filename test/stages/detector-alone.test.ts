/**
 * The face detector alone makes mistakes, so its faces must be confirmed by the landmark net, also for SPIGA
 * (docs/annotators.md).
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ScoredBox } from '../../src/faces/boxes.ts'
import { CELL_SIDE, decodeDetections } from '../../src/faces/face-detection.ts'
import { decodePyramid, type Pyramid } from '../../src/annotators/embedded/detection-pyramid.ts'
import { DETECTION_SIDES, findFaces } from '../../src/annotators/embedded/find-faces.ts'
import { readLandmarkModels } from '../../src/annotators/embedded/landmark-models.ts'
import { openLandmarkNets, type LandmarkNets } from '../../src/annotators/embedded/landmark-nets.ts'

const FIXTURES = join(import.meta.dirname, '../fixtures/pictures')
const PEOPLE = join(import.meta.dirname, '../../node_modules/@vladmandic/face-api/demo')

let nets: LandmarkNets
beforeAll(async () => {
  nets = await openLandmarkNets(await readLandmarkModels())
})
afterAll(() => nets.close())

const readPyramid = async (file: string) => decodePyramid(await readFile(file), DETECTION_SIDES.best)

async function detect({ forDetector }: Pyramid): Promise<ScoredBox[]> {
  const boxes: ScoredBox[] = []
  for (const { pixels, scaleX, scaleY } of forDetector) {
    const cells = await nets.detect(pixels.data, pixels.width, pixels.height)
    const grid = { cells, rows: pixels.height / CELL_SIDE, columns: pixels.width / CELL_SIDE }
    boxes.push(...decodeDetections(grid, { scaleX: 1 / scaleX, scaleY: 1 / scaleY, minScore: 0.5 }))
  }
  return boxes
}

test('no score limit tells a coin from a face: the coin has more than a face that is one', async () => {
  const coins = await readPyramid(join(FIXTURES, 'coins.jpg'))
  const people = await readPyramid(join(PEOPLE, 'sample3.jpg'))
  const coin = Math.max(...(await detect(coins)).map(({ score }) => score))
  const faces = await findFaces(people, nets)
  expect(faces).toHaveLength(3)
  const scores = (await detect(people)).map(({ score }) => score)
  expect(Math.max(...scores)).toBeLessThan(coin)
  expect(await findFaces(coins, nets)).toEqual([])
})
