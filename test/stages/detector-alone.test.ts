/** Why faces need the landmark net's word, also for SPIGA: what the detector alone says (docs/annotators.md). */
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ScoredBox } from '../../src/dataset/faces/boxes.ts'
import { CELL_SIDE, decodeDetections } from '../../src/dataset/faces/face-detection.ts'
import { buildPyramid } from '../../src/tools/faces/detection-pyramid.ts'
import { findFaces } from '../../src/tools/faces/find-faces.ts'
import { readLandmarkModels } from '../../src/tools/faces/landmark-models.ts'
import { openLandmarkNets, type LandmarkNets } from '../../src/tools/faces/landmark-nets.ts'
import { readPicture, type Picture } from '../../src/tools/images/pictures.ts'

const FIXTURES = join(import.meta.dirname, '../fixtures/pictures')
const PEOPLE = join(import.meta.dirname, '../../node_modules/@vladmandic/face-api/demo')

let nets: LandmarkNets
beforeAll(async () => {
  nets = await openLandmarkNets(await readLandmarkModels())
})
afterAll(() => nets.close())

async function detect(picture: Picture): Promise<ScoredBox[]> {
  const boxes: ScoredBox[] = []
  for (const { pixels, padded, scaleX, scaleY } of await buildPyramid(picture, [896, 448, 224])) {
    if (!padded) continue
    const cells = await nets.detect(pixels.data, pixels.width, pixels.height)
    const grid = { cells, rows: pixels.height / CELL_SIDE, columns: pixels.width / CELL_SIDE }
    boxes.push(...decodeDetections(grid, { scaleX: 1 / scaleX, scaleY: 1 / scaleY, minScore: 0.5 }))
  }
  return boxes
}

test('no score limit tells a coin from a face: the coin has more than a face that is one', async () => {
  const coins = await readPicture(join(FIXTURES, 'coins.jpg'))
  const people = await readPicture(join(PEOPLE, 'sample3.jpg'), { maxSide: 1792 })
  const coin = Math.max(...(await detect(coins)).map(({ score }) => score))
  const faces = await findFaces(people, nets, 'best')
  expect(faces).toHaveLength(3)
  const scores = (await detect(people)).map(({ score }) => score)
  expect(Math.max(...scores)).toBeLessThan(coin)
  expect(await findFaces(coins, nets, 'best')).toEqual([])
})
