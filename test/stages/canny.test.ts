import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { canny } from '../../src/conditions/canny.ts'

const fixtures = fileURLToPath(new URL('../fixtures/canny/', import.meta.url))
const names = readdirSync(fixtures)
  .filter((name) => name.endsWith('.edges.png'))
  .map((name) => name.replace('.edges.png', ''))

test('there are golden edges', () => expect(names.length).toBeGreaterThanOrEqual(3))

test.each(names)('%s: the edges are OpenCV’s, pixel by pixel', async (name) => {
  const { data, info } = await sharp(`${fixtures}${name}.png`).raw().toBuffer({ resolveWithObject: true })
  const golden = await sharp(`${fixtures}${name}.edges.png`).toColourspace('srgb').raw().toBuffer()
  const { width, height } = info
  const ours = canny.render({ width, height, picture: data, faces: [], style: 'spiga-seg' })
  expect(golden.filter((value) => value === 255).length).toBeGreaterThan(1000)
  expect(golden.equals(ours)).toBe(true)
})
