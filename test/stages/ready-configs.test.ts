/** Each file in configs/ runs unchanged. */
import { readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import { packageRoot } from '../../src/tools/package-root.ts'

const folder = join(packageRoot, 'configs')
const names = readdirSync(folder)

test('there are configs', () => expect(names.length).toBeGreaterThan(1))

test.each(names)('%s is a valid config that opens with what it trains and the command', async (name) => {
  const { config } = await loadConfig(join(folder, name), [])
  expect(`${config.name}.yaml`).toBe(name)
  const text = await readFile(join(folder, name), 'utf8')
  expect(text).toMatch(/^# Trains /)
  expect(text).toContain(`npx controlnet-kit train configs/${name}\n`)
})

test("the blog's published set is trained by its own columns", async () => {
  const { config } = await loadConfig(join(folder, 'face-synthetics-spiga.yaml'), [])
  expect(config).toMatchObject({
    condition: { kind: 'images' },
    dataset: {
      source: { hub: 'multimodalart/facesyntheticsspigacaptioned' },
      columns: { image: 'image', conditioning_image: 'spiga_seg', caption: 'image_caption' },
      captions: { column: 'image_caption' },
    },
  })
})
