import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readPicture } from '../../src/tools/images/decode-picture.ts'
import { venvPython } from './venv.ts'

let folder: string
let sizes: Record<string, readonly [width: number, height: number]>
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnk-pillow-'))
  const script = join(import.meta.dirname, 'python/make_pictures.py')
  sizes = JSON.parse(execFileSync(venvPython(), [script, folder], { encoding: 'utf8' })) as typeof sizes
})
afterAll(() => rm(folder, { recursive: true }))

/** Largest and mean difference in levels: rounding, and for lossy formats with a profile the decoders' own differences. */
function tolerance(name: string): readonly [max: number, mean: number] {
  return /^adobe-rgb\.(jpg|avif)$/.test(name) ? [40, 1.5] : [2, 0.6]
}

test('every picture is seen as Pillow and LittleCMS see it', async () => {
  expect(Object.keys(sizes)).toHaveLength(65)
  const wrong: string[] = []
  for (const [name, [width, height]] of Object.entries(sizes)) {
    const picture = await readPicture(join(folder, name))
    const seen = await readFile(join(folder, `${name}.rgb`))
    const differences = picture.data.map((value, index) => Math.abs(value - seen[index]!))
    const [max, mean] = [differences.reduce((a, b) => Math.max(a, b), 0), average(differences)]
    const [maxAllowed, meanAllowed] = tolerance(name)
    const fits =
      picture.width === width && picture.height === height && max <= maxAllowed && mean <= meanAllowed
    if (!fits) wrong.push(`${name}: ${picture.width}×${picture.height}, max ${max}, mean ${mean.toFixed(2)}`)
  }
  expect(wrong).toEqual([])
})

function average(values: Uint8Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
