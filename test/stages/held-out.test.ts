/** What is held out stays held out, whatever is added to the pictures. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { folder, put } from './case-folder.ts'
import { openBench, readManifest, readRows, type Bench } from './dataset-stages.ts'
import { makeNoise } from './face-pictures.ts'

const NUMBERS = [1, 2, 3, 4, 5, 6, 7, 8]

async function putAll(version: string, side: number): Promise<void> {
  for (const number of NUMBERS)
    await put(`photos/${number}-${version}.png`, await makeNoise(side, number).png().toBuffer())
}

async function readHeld(bench: Bench): Promise<string[]> {
  return (await readManifest(bench)).validation_members.map(({ id }) => id)
}

test('larger copies that are added later take the places of the pictures, on the same side', async () => {
  await putAll('small', 64)
  const bench = openBench(folder, {
    condition: { kind: 'canny' },
    dataset: { source: { folder: './photos' }, crop: 'center', resolution: 64, validation: { count: 3 } },
  })
  await bench.run()
  const before = await readHeld(bench)
  expect(before).toHaveLength(3)

  await putAll('large', 96)
  await bench.run()
  const after = before.map((id) => id.replace('small', 'large'))
  expect(await readHeld(bench)).toEqual(after)
  const trained = (await readRows(bench, 'train')).map(({ image }) => image.path)
  expect(trained).toHaveLength(NUMBERS.length - 3)
  expect(trained.filter((name) => !name.includes('large'))).toEqual([])

  for (const number of NUMBERS) await rm(join(folder, `photos/${number}-small.png`))
  await bench.run()
  expect(await readHeld(bench)).toEqual(after)
})
