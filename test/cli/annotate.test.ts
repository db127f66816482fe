import { copyFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { run, start, temporaryFolder } from './cli.ts'

const pictures = fileURLToPath(new URL('../fixtures/pictures/', import.meta.url))
let folder: string
beforeEach(async () => {
  folder = await temporaryFolder()
  await mkdir(join(folder, 'photos'))
  await copyFile(`${pictures}astronaut.jpg`, join(folder, 'me.jpg'))
  await copyFile(`${pictures}coins.jpg`, join(folder, 'photos/coins.jpg'))
})
afterEach(() => rm(folder, { recursive: true }))

const annotate = (...args: string[]) => run(['annotate', ...args], folder)

describe('annotate --kind', () => {
  it.each(['canny', 'color-palette'])('%s: a file, a folder, and one line for each', async (kind) => {
    const { code, stdout } = await annotate('--kind', kind, 'me.jpg', 'photos')
    expect(code).toBe(0)
    const lines = stdout.trimEnd().split('\n')
    expect(lines.slice(0, 2)).toEqual([
      'me.jpg            512 × 512   → me.conditioning.png',
      'photos/coins.jpg  384 × 303   → coins.conditioning.png',
    ])
    expect(lines[2]).toMatch(/^2 pictures, 2 drawn, [\d.]+ s/)
    expect((await readdir(folder)).toSorted()).toEqual(['me.conditioning.png', 'me.jpg', 'photos'])
    const { width, height, channels } = await sharp(join(folder, 'me.conditioning.png')).metadata()
    expect([width, height, channels]).toEqual([512, 512, 3])
  })

  it('prints one document as JSON', async () => {
    const { code, stdout } = await annotate('--kind', 'canny', '--size', '256', '--json', 'photos')
    expect(code).toBe(0)
    const { pictures: found } = JSON.parse(stdout) as { pictures: Record<string, unknown>[] }
    expect(found).toEqual([
      {
        v: 1,
        kind: 'canny',
        image: 'coins.jpg',
        width: 384,
        height: 303,
        crop: [40, 0, 303],
        annotator: null,
        faces: [],
        conditioning: expect.stringMatching(/photos\/coins\.conditioning\.png$/),
        landmarks_file: null,
      },
    ])
  })

  it('exit 4 only when nothing could be made', async () => {
    await writeFile(join(folder, 'bad.jpg'), 'hello')
    const alone = await annotate('--kind', 'canny', 'bad.jpg')
    expect([alone.code, alone.stdout.split('\n')[0]]).toEqual([4, 'bad.jpg  not a picture'])
    expect((await annotate('--kind', 'canny', 'bad.jpg', 'me.jpg')).code).toBe(0)
  })

  it.each([
    [['--kind', 'depth'], '✖ --kind takes face-landmarks, canny, color-palette; got'],
    [['--kind', 'images'], '✖ --kind takes face-landmarks, canny, color-palette; got'],
    [['--kind', 'canny', '--style', 'points'], '✖ --style is about landmarks; --kind canny has none.'],
    [['--kind', 'canny', '--overlay'], '✖ --overlay is about landmarks; --kind canny has none.'],
    [['--style', 'dots'], '✖ --style takes spiga-seg, points, wireframe; got'],
  ])('%s: exit 2', async (flags, message) => {
    const { code, stderr } = await annotate(...flags, 'me.jpg')
    expect(code).toBe(2)
    expect(stderr).toContain(message)
    expect(await readdir(folder)).not.toContain('me.conditioning.png')
  })
})

it('annotate: several pictures, another style, and the overlay', async () => {
  const { code, stdout } = await annotate('--style', 'points', '--overlay', '--quality', 'fast', 'me.jpg')
  expect(code).toBe(0)
  expect(stdout).toMatch(
    /^me\.jpg +1 face +confidence 0\.\d\d +→ me\.conditioning\.png, me\.landmarks\.json, me\.overlay\.png\n/,
  )
  expect((await readdir(folder)).toSorted()).toEqual([
    'me.conditioning.png',
    'me.jpg',
    'me.landmarks.json',
    'me.overlay.png',
    'photos',
  ])
  const { data, info } = await sharp(join(folder, 'me.conditioning.png'))
    .raw()
    .toBuffer({ resolveWithObject: true })
  expect(info.channels).toBe(3)
  const greys = data.filter((value, at) => at % 3 === 0 && value === data[at + 1] && value === data[at + 2])
  expect(greys.length).toBe(512 * 512)
  expect(data.includes(255)).toBe(true)
})

it.each([
  [[''], "annotate takes a path; got ''."],
  [['photos', '--out', ''], "--out takes a path; got ''."],
])('annotate %j, as of a variable that is not set', async (args, message) => {
  const { code, stderr } = await annotate(...args)
  expect([code, stderr]).toEqual([2, `✖ ${message}\n→ The folder that you are in is called .\n`])
  expect(await readdir(join(folder, 'photos'))).toEqual(['coins.jpg'])
})

it('annotate --help names the kinds, the files and the exit code', async () => {
  const { code, stdout } = await run(['annotate', '--help'], folder)
  expect(code).toBe(0)
  for (const part of ['canny', 'color-palette', 'wireframe', 'photo.landmarks.json', 'Exit code 4']) {
    expect(stdout).toContain(part)
  }
  expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([])
})

it.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s ends it with exit code %i, and nothing half-done stays', async (signal, exitCode) => {
  for (let copy = 0; copy < 100; copy++)
    await copyFile(`${pictures}astronaut.jpg`, join(folder, `photos/${copy}.jpg`))
  const { child, ended } = start(['annotate', 'photos', '--out', 'out', '--json'], folder)
  await expect.poll(() => readdir(join(folder, 'out')).catch(() => []), { timeout: 20_000 }).not.toEqual([])
  child.kill(signal)
  const { code, stdout, stderr } = await ended
  expect([code, stderr]).toEqual([exitCode, 'Stopped. The same command starts again from the beginning.\n'])
  expect(JSON.parse(stdout)).toMatchObject({ status: 'stopped', exitReason: 'signal' })
  expect((await readdir(join(folder, 'out'))).filter((name) => name.startsWith('.'))).toEqual([])
})
