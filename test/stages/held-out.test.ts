/** Held-out pictures stay held out, whatever pictures are added. */
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

test('the kit’s own choice grows with the pictures, from 1 to 16, and holds on to what it held out', async () => {
  const bench = openBench(folder, {
    condition: { kind: 'canny' },
    dataset: { source: { folder: './photos' }, crop: 'center', resolution: 64 },
  })
  const counts: [number, number][] = [
    [1, 0],
    [12, 1],
    [40, 4],
    [170, 16],
  ]
  const held: string[][] = []
  let made = 0
  for (const [pictures, count] of counts) {
    for (; made < pictures; made++)
      await put(`photos/${made}.png`, await makeNoise(64, made).png().toBuffer())
    await bench.run()
    expect(await readManifest(bench)).toMatchObject({ train: pictures - count, validation: count })
    held.push(await readHeld(bench))
    expect(held.at(-1)).toEqual(expect.arrayContaining(held.at(-2) ?? []))
  }
  expect(bench.events.filter((event) => event.type === 'warning' && /validation/.test(event.code))).toEqual(
    [],
  )
})
