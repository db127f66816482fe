import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { generateFace } from '../../src/generated-faces/generated-face.ts'
import { writeGeneratedFaces } from '../../src/tools/threads/generated-faces.ts'

vi.setConfig({ testTimeout: 60_000 })
let parent: string
beforeAll(async () => void (parent = await mkdtemp(join(tmpdir(), 'generated-faces-'))))
afterAll(() => rm(parent, { recursive: true, force: true }))

const signal = new AbortController().signal

test('the folder has the layout of FaceSynthetics, the pixels of the pure generator, and exact landmarks', async () => {
  const folder = join(parent, 'deep', 'faces')
  const counts: number[] = []
  await writeGeneratedFaces({ folder, faces: 3, seed: 11, signal, onPicture: (done) => counts.push(done) })
  expect(counts).toEqual([1, 2, 3])
  expect((await readdir(folder)).sort()).toEqual(
    ['000000', '000001', '000002'].flatMap((id) => [
      `${id}.png`,
      `${id}.txt`,
      `${id}_ldmks.txt`,
      `${id}_seg.png`,
    ]),
  )

  const face = generateFace(11, 2)
  expect(await sharp(join(folder, '000002.png')).metadata()).toMatchObject({
    width: 512,
    height: 512,
    channels: 3,
  })
  expect(Buffer.compare(await sharp(join(folder, '000002.png')).raw().toBuffer(), face.rgb)).toBe(0)
  expect(await sharp(join(folder, '000002_seg.png')).metadata()).toMatchObject({
    channels: 1,
    depth: 'uchar',
  })
  const labels = await sharp(join(folder, '000002_seg.png')).toColourspace('b-w').raw().toBuffer()
  expect(Buffer.compare(labels, face.segmentation)).toBe(0)

  const lines = (await readFile(join(folder, '000002_ldmks.txt'), 'utf8')).trimEnd().split('\n')
  expect(lines).toHaveLength(70)
  for (const [k, line] of lines.entries()) {
    expect(line).toMatch(/^\d+\.\d{4} \d+\.\d{4}$/)
    const [x, y] = line.split(' ').map(Number)
    expect(Math.hypot(x! - face.landmarks[k]![0], y! - face.landmarks[k]![1])).toBeLessThan(1e-4)
  }
})

test('faces of another size and kind, each with its caption', async () => {
  const folder = join(parent, 'plain')
  const faces = { count: 2, size: 128, kind: 'plain' } as const
  await writeGeneratedFaces({ folder, faces, seed: 11, signal })
  const face = generateFace(11, 1, faces)
  expect(Buffer.compare(await sharp(join(folder, '000001.png')).raw().toBuffer(), face.rgb)).toBe(0)
  expect(await readFile(join(folder, '000001.txt'), 'utf8')).toBe(`${face.caption}\n`)
})

test('the same seed gives the same bytes', async () => {
  const [one, two] = [join(parent, 'one'), join(parent, 'two')]
  await writeGeneratedFaces({ folder: one, faces: 2, seed: 4, signal })
  await writeGeneratedFaces({ folder: two, faces: 2, seed: 4, signal })
  for (const name of await readdir(one)) {
    expect(Buffer.compare(await readFile(join(one, name)), await readFile(join(two, name))), name).toBe(0)
  }
})

test('stopping leaves nothing behind', async () => {
  const controller = new AbortController()
  const reason = new Error('enough')
  const folder = join(parent, 'stopped')
  const onPicture = (): void => controller.abort(reason)
  await expect(
    writeGeneratedFaces({ folder, faces: 50, seed: 1, signal: controller.signal, onPicture }),
  ).rejects.toBe(reason)
  expect((await readdir(parent)).filter((name) => name.startsWith('stopped'))).toEqual([])
})

test('a parent that is a file: says so', async () => {
  const folder = join(parent, 'one', '000000.png', 'faces')
  await expect(writeGeneratedFaces({ folder, faces: 1, seed: 1, signal })).rejects.toMatchObject({
    code: 'not-a-folder',
  })
})
