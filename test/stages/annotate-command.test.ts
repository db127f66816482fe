import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { runAnnotate, type AnnotateOptions } from '../../src/commands/annotate.ts'
import type { AnnotationDocument } from '../../src/dataset/annotations/annotation-document.ts'
import { canny } from '../../src/dataset/conditions/canny.ts'
import { faceToCrop } from '../../src/dataset/pictures/crop.ts'
import { drawConditioningImage } from '../../src/tools/images/conditioning-image.ts'

vi.setConfig({ testTimeout: 30_000 })

const astronaut = fileURLToPath(new URL('../fixtures/pictures/astronaut.jpg', import.meta.url))
const coins = fileURLToPath(new URL('../fixtures/pictures/coins.jpg', import.meta.url))
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnk-annotate-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

function annotate(paths: string[], options: Partial<AnnotateOptions> = {}) {
  const defaults = {
    kind: 'face-landmarks',
    out: null,
    size: null,
    annotator: 'embedded',
    quality: 'fast',
    style: 'spiga-seg',
    workers: 1,
  } as const
  return runAnnotate({ ...defaults, signal: new AbortController().signal, ...options, paths })
}

async function readDocument(file: string): Promise<AnnotationDocument> {
  return JSON.parse(await readFile(file, 'utf8')) as AnnotationDocument
}

async function photo(name: string, source = astronaut): Promise<string> {
  const file = join(folder, name)
  await mkdir(join(file, '..'), { recursive: true })
  await copyFile(source, file)
  return file
}

/** Names relative to the folder, sorted. */
async function list(where = folder): Promise<string[]> {
  const entries = await readdir(where, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  return files.map(({ parentPath, name }) => join(parentPath, name).slice(where.length + 1)).toSorted()
}

async function largestDifference(a: Buffer, b: Buffer): Promise<number> {
  const [left, right] = [await sharp(a).raw().toBuffer(), await sharp(b).raw().toBuffer()]
  expect(left.length).toBe(right.length)
  return left.reduce((largest, value, index) => Math.max(largest, Math.abs(value - right[index]!)), 0)
}

test('a photo gets its landmarks and its conditioning image beside it', async () => {
  const file = await photo('me.jpg')
  const { pictures } = await annotate([file])
  expect(await list()).toEqual(['me.conditioning.png', 'me.jpg', 'me.landmarks.json'])
  const document = await readDocument(join(folder, 'me.landmarks.json'))
  expect(Object.keys(document)).toEqual(['v', 'image', 'width', 'height', 'annotator', 'faces'])
  expect(document).toMatchObject({ v: 1, image: 'me.jpg', width: 512, height: 512 })
  expect(document.annotator).toMatchObject({ name: 'embedded', quality: 'fast' })
  expect(document.faces).toHaveLength(1)
  expect(document.faces[0]!.landmarks).toHaveLength(68)
  expect(pictures).toEqual([
    {
      ...document,
      kind: 'face-landmarks',
      file,
      conditioning: join(folder, 'me.conditioning.png'),
      landmarks_file: join(folder, 'me.landmarks.json'),
    },
  ])
  const drawn = await drawConditioningImage([document.faces[0]!.landmarks], { width: 512, height: 512 })
  expect(await largestDifference(await readFile(join(folder, 'me.conditioning.png')), drawn)).toBe(0)
})

test('a second run takes nothing of its own for a picture, and changes nothing', async () => {
  await photo('me.jpg')
  await annotate([folder])
  const before = await Promise.all((await list()).map((name) => readFile(join(folder, name))))
  const { pictures } = await annotate([
    join(folder, 'me.jpg'),
    ...(await list()).map((name) => join(folder, name)),
  ])
  expect(pictures.map(({ image }) => image)).toEqual(['me.jpg'])
  expect(await Promise.all((await list()).map((name) => readFile(join(folder, name))))).toEqual(before)
})

test('a folder is walked, and --out keeps its sub-folders', async () => {
  await photo('b.jpg')
  await photo('a/x.jpg')
  await photo('a/.hidden.jpg')
  await photo('a/none.jpg', coins)
  await writeFile(join(folder, 'a/notes.txt'), 'hello')
  await symlink(folder, join(folder, 'a/loop'))
  const out = join(folder, '..', `${folder.split('/').at(-1)}-out`)
  const told: string[] = []
  const { pictures } = await annotate([folder], {
    out,
    workers: 2,
    onPicture: ({ image }) => told.push(image),
  })
  const files = await list(out)
  await rm(out, { recursive: true })
  expect(pictures.map(({ image, faces }) => `${image} ${faces.length}`)).toEqual([
    'none.jpg 0',
    'x.jpg 1',
    'b.jpg 1',
  ])
  expect(told).toEqual(['none.jpg', 'x.jpg', 'b.jpg'])
  expect(files).toEqual([
    'a/none.landmarks.json',
    'a/x.conditioning.png',
    'a/x.landmarks.json',
    'b.conditioning.png',
    'b.landmarks.json',
  ])
})

test('equal base names keep their extension', async () => {
  await photo('me.jpg')
  await sharp(astronaut).png().toFile(join(folder, 'me.png'))
  await annotate([folder])
  expect((await list()).filter((name) => name.endsWith('.json'))).toEqual([
    'me.jpg.landmarks.json',
    'me.png.landmarks.json',
  ])
})

test('a photo without a face has no conditioning image, not even that of an earlier run', async () => {
  const file = await photo('me.jpg')
  await annotate([file])
  await copyFile(coins, file)
  const { pictures } = await annotate([file])
  expect(pictures[0]).toMatchObject({ faces: [], conditioning: null })
  expect(pictures[0]).not.toHaveProperty('error')
  expect(await list()).toEqual(['me.jpg', 'me.landmarks.json'])
})

test('what cannot be read is told in its document; the others go on', async () => {
  await photo('good.jpg')
  await writeFile(join(folder, 'bad.jpg'), 'hello')
  await writeFile(join(folder, 'apple.heic'), '\0\0\0\x18ftypheic\0\0\0\0mif1heic')
  const { pictures } = await annotate([folder])
  expect(pictures.map(({ image, error }) => [image, error?.code])).toEqual([
    ['apple.heic', 'unsupported'],
    ['bad.jpg', 'unreadable'],
    ['good.jpg', undefined],
  ])
  expect(await readDocument(join(folder, 'bad.landmarks.json'))).toMatchObject({
    width: null,
    height: null,
    faces: [],
    error: { code: 'unreadable', message: 'not a picture' },
  })
})

test('with a size: the training crop of the largest face, and where it lies', async () => {
  const file = await photo('me.jpg')
  await annotate([file], { size: 256 })
  const document = await readDocument(join(folder, 'me.landmarks.json'))
  const [x, y, side] = document.crop!
  const { landmarks } = faceToCrop(document.faces[0]!, { x, y, side }, 256)
  for (const [left, top] of landmarks) expect(Math.min(left, top, 256 - left, 256 - top)).toBeGreaterThan(0)
  const png = await readFile(join(folder, 'me.conditioning.png'))
  expect(await sharp(png).metadata()).toMatchObject({ width: 256, height: 256 })
  expect(
    await largestDifference(png, await drawConditioningImage([landmarks], { width: 256, height: 256 })),
  ).toBe(0)
})

test.each(['points', 'wireframe'] as const)('the style %s', async (style) => {
  const file = await photo('me.jpg')
  const { pictures } = await annotate([file], { style })
  const faces = pictures[0]!.faces.map(({ landmarks }) => landmarks)
  const drawn = await drawConditioningImage(faces, { width: 512, height: 512, style })
  expect((await readFile(join(folder, 'me.conditioning.png'))).equals(drawn)).toBe(true)
})

test('canny needs no face, and writes the drawing alone', async () => {
  const files = [await photo('me.jpg'), await photo('coins.jpg', coins)]
  const { pictures } = await annotate(files, { kind: 'canny', workers: 2 })
  expect(await list()).toEqual(['coins.conditioning.png', 'coins.jpg', 'me.conditioning.png', 'me.jpg'])
  expect(pictures.map(({ image, width, height }) => [image, width, height])).toEqual([
    ['me.jpg', 512, 512],
    ['coins.jpg', 384, 303],
  ])
  expect(pictures[0]).toEqual({
    v: 1,
    kind: 'canny',
    image: 'me.jpg',
    width: 512,
    height: 512,
    annotator: null,
    faces: [],
    file: files[0],
    conditioning: join(folder, 'me.conditioning.png'),
    landmarks_file: null,
  })
  const picture = await sharp(astronaut).raw().toBuffer()
  const expected = canny.render({ width: 512, height: 512, picture, faces: [], style: 'spiga-seg' })
  const { data, info } = await sharp(join(folder, 'me.conditioning.png'))
    .raw()
    .toBuffer({ resolveWithObject: true })
  expect(info.channels).toBe(3)
  expect(data.equals(expected)).toBe(true)
})

test('with a size: a condition of the middle of the picture', async () => {
  const file = await photo('coins.jpg', coins)
  const { pictures } = await annotate([file], { kind: 'color-palette', size: 128 })
  expect(pictures[0]).toMatchObject({ width: 384, height: 303, crop: [40, 0, 303] })
  const { data, info } = await sharp(join(folder, 'coins.conditioning.png'))
    .raw()
    .toBuffer({ resolveWithObject: true })
  expect([info.width, info.height]).toEqual([128, 128])
  const cells = new Set(Array.from({ length: 128 * 128 }, (_, p) => data.subarray(p * 3, p * 3 + 3).join()))
  expect(cells.size).toBe(4)
})

test('a picture that cannot be read has no condition, not even that of an earlier run', async () => {
  const file = await photo('me.jpg')
  await annotate([file], { kind: 'canny' })
  await writeFile(file, 'hello')
  const { pictures } = await annotate([file, await photo('good.jpg')], { kind: 'canny' })
  expect(pictures.map(({ image, error }) => [image, error?.code])).toEqual([
    ['me.jpg', 'unreadable'],
    ['good.jpg', undefined],
  ])
  expect(await list()).toEqual(['good.conditioning.png', 'good.jpg', 'me.jpg'])
})

test('the overlay shows the photo with dots', async () => {
  const file = await photo('me.jpg')
  const { pictures } = await annotate([file], { overlay: true })
  const overlay = await sharp(join(folder, 'me.overlay.png')).raw().toBuffer()
  const [x, y] = pictures[0]!.faces[0]!.landmarks[30]!
  const start = (Math.round(y) * 512 + Math.round(x)) * 3
  expect(overlay[start + 1]! - overlay[start]!).toBeGreaterThan(100)
  expect((await annotate([folder])).pictures).toHaveLength(1)
  await copyFile(coins, file)
  await annotate([file], { overlay: true })
  expect(await list()).toEqual(['me.jpg', 'me.landmarks.json'])
})

test.each([
  ['a missing path', () => ['none.jpg'], {}, { reason: 'preflight', message: 'There is no none.jpg.' }],
  ['a folder without pictures', () => [folder], {}, { reason: 'preflight', code: 'no-pictures' }],
  ['a kind that is ready-made', () => [astronaut], { kind: 'images' }, { reason: 'usage' }],
  [
    'an out that is a file',
    () => [astronaut],
    { out: join(astronaut, 'x') },
    { reason: 'preflight', code: 'not-writable' },
  ],
] as const)('%s', async (_, paths, options, expected) => {
  await expect(annotate([...paths()], options)).rejects.toMatchObject({ name: 'UserError', ...expected })
})

test('two pictures that would share their files', async () => {
  const files = [await photo('a/me.jpg'), await photo('b/me.jpg')]
  await expect(annotate(files, { out: join(folder, 'out') })).rejects.toMatchObject({ code: 'same-names' })
})

test('a folder that cannot be written to', async () => {
  const locked = join(folder, 'locked')
  await mkdir(locked)
  await chmod(locked, 0o500)
  // root may write everywhere but there
  const out = process.getuid?.() === 0 ? '/sys/locked' : locked
  await expect(annotate([astronaut], { out })).rejects.toMatchObject({
    reason: 'preflight',
    code: 'not-writable',
  })
})

test('a folder in the place of a result: one clear error, and no half-written file', async () => {
  const file = await photo('me.jpg')
  await mkdir(join(folder, 'me.landmarks.json'))
  await expect(annotate([file])).rejects.toMatchObject({
    name: 'UserError',
    reason: 'dataset',
    code: 'not-a-file',
  })
  expect(await list()).toEqual(['me.conditioning.png', 'me.jpg'])
})

test('aborting ends it with the reason', async () => {
  const files = await Promise.all(Array.from({ length: 12 }, (_, index) => photo(`${index}.jpg`)))
  const controller = new AbortController()
  const reason = new Error('enough')
  const onPicture = (): void => controller.abort(reason)
  await expect(annotate(files, { signal: controller.signal, onPicture })).rejects.toBe(reason)
  expect((await list()).filter((name) => name.endsWith('.tmp'))).toEqual([])
})
