/**
 * SPIGA from the download to the dataset, on its real architecture with random weights: fetched from a server here, exported
 * in the real environment, compared with torch, used without Python.
 */
import { link, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Annotation } from '../../src/dataset/annotations/annotation.ts'
import type { Face } from '../../src/faces/face.ts'
import { decodeSpigaOutput, planSpigaCrop, sampleSpigaInput } from '../../src/annotators/spiga/spiga-crop.ts'
import { largestDifferencePx, type SpigaRecord } from '../../src/annotators/spiga/spiga-model-record.ts'
import { spigaBox } from '../../src/annotators/spiga/spiga-passes.ts'
import type { UserError } from '../../src/errors.ts'
import { hashFile } from '../../src/tools/files/hash-file.ts'
import { readPicture } from '../../src/tools/images/decode-picture.ts'
import { exportSpiga } from '../../src/annotators/spiga/spiga-export.ts'
import { openSpigaNet } from '../../src/annotators/spiga/spiga-net.ts'
import { run, type Ended } from '../cli/cli.ts'
import { startFileServer, type FileServer } from '../stages/file-server.ts'
import { expectConstants, type Reference } from './spiga-reference.ts'
import {
  CONFIG,
  cropOf,
  exportPython,
  findFace,
  makeHome,
  runFile,
  standIn,
  writeRandomWeights,
} from './spiga-setup.ts'

const WEIGHTS = '/aprados/spiga/resolve/main/spiga_300wpublic.pt'
const CUT = 60_000_000
const PHOTO = join(import.meta.dirname, '../fixtures/pictures/astronaut.jpg')
const COINS = join(import.meta.dirname, '../fixtures/pictures/coins.jpg')
const timeout = 600_000

let folder: string
let home: string
let python: string
let weights: string
let host: FileServer

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnk-spiga-'))
  home = await makeHome(folder)
  python = await exportPython()
  weights = join(folder, 'weights.pt')
  await writeRandomWeights(python, weights)
  host = await startFileServer({ [WEIGHTS]: await readFile(weights) })
  await mkdir(join(folder, 'photos'))
  await link(PHOTO, join(folder, 'photos/astronaut.jpg')).catch(async () =>
    writeFile(join(folder, 'photos/astronaut.jpg'), await readFile(PHOTO)),
  )
  await writeFile(join(folder, 'controlnet.yaml'), CONFIG)
}, timeout)

afterAll(async () => {
  host?.close()
  await rm(folder, { recursive: true, force: true })
})

const kit = (...args: string[]): Promise<Ended> =>
  run(args, folder, { CNK_HOME: home, HF_ENDPOINT: host.url })
const fetchSpiga = (...flags: string[]): Promise<Ended> => kit('models', 'fetch', 'spiga', '--yes', ...flags)
const spigaFiles = (): Promise<string[]> => readdir(join(home, 'models/spiga')).catch(() => [])

async function readRecord(): Promise<{ record: SpigaRecord; onnx: string }> {
  const key = (await spigaFiles()).find((name) => /^[0-9a-f]{16}$/.test(name))!
  const at = join(home, 'models/spiga', key)
  return {
    record: JSON.parse(await readFile(join(at, 'spiga.json'), 'utf8')) as SpigaRecord,
    onnx: join(at, 'spiga.onnx'),
  }
}

describe('before it is fetched', () => {
  test('plan and prepare say so, and how to get it: exit 3, nothing started', async () => {
    for (const command of ['plan', 'prepare']) {
      const { code, stdout, stderr } = await kit(command)
      expect([command, code]).toEqual([command, 3])
      expect(stdout + stderr).toContain('controlnet-kit models fetch spiga')
    }
    const { stdout } = await kit('plan', '--json')
    const { checks } = JSON.parse(stdout) as { checks: { code: string; status: string; path: string }[] }
    expect(checks.filter(({ status }) => status === 'fail')).toMatchObject([
      { code: 'spiga-missing', path: 'condition.annotator' },
    ])
    expect(await readdir(folder)).not.toContain('dataset')
  })

  test('annotate likewise', async () => {
    const { code, stderr } = await kit('annotate', '--annotator', 'spiga', 'photos')
    expect(code).toBe(3)
    expect(stderr).toBe('✖ SPIGA is not installed yet.\n→ Fetch it: controlnet-kit models fetch spiga\n')
  })
})

describe('fetching', () => {
  test(
    'a download that breaks off goes on where it stopped; the export is compared with torch',
    async () => {
      host.cutAfter = CUT
      const { code, stdout, stderr } = await fetchSpiga('--json')
      expect([code, stderr]).toEqual([0, ''])
      expect(host.requests[0]).toBe(`GET ${WEIGHTS}`)
      expect(host.requests[1]).toMatch(new RegExp(`^GET ${WEIGHTS} bytes=[1-9][0-9]{6,}-$`))
      const { record, onnx } = await readRecord()
      expect(record.weights).toEqual({
        url: host.url + WEIGHTS,
        sha256: await hashFile(weights),
        sizeBytes: (await stat(weights)).size,
      })
      expect(record.parity.largestPx).toBeLessThanOrEqual(0.1)
      expect(record).toMatchObject({ parity: { inputs: 2, limitPx: 0.1 }, onnx: { opset: 17 } })
      expect(await hashFile(onnx)).toBe(record.onnx.sha256)
      expect(JSON.parse(stdout)).toMatchObject({
        ...{ v: 1, status: 'fetched', name: 'spiga', cached: true },
        sha256: record.onnx.sha256,
        size_bytes: record.onnx.sizeBytes,
      })
      // Nothing but the network and the hash of its weights is left.
      expect((await spigaFiles()).map((name) => name.replace(/^[0-9a-f]{16}$/, 'KEY')).sort()).toEqual([
        'KEY',
        'weights.json',
      ])
      expect((await readdir(join(onnx, '..'))).sort()).toEqual(['spiga.json', 'spiga.onnx'])
    },
    timeout,
  )

  test('once is enough', async () => {
    const before = host.requests.length
    const { code, stdout } = await kit('models', 'fetch', 'spiga')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^spiga is there already: .*home\/models\/spiga\/[0-9a-f]{16}\n$/)
    expect(host.requests).toHaveLength(before)
    expect((await kit('models', 'list')).stdout).toContain('ready, 209 MB')
  })
})

describe('with it', () => {
  test(
    'the exported network says what the unchanged one says in torch, to 0.1 px; wrong changes are noticed',
    async () => {
      const picture = await readPicture(PHOTO)
      const crops = [cropOf(await findFace(PHOTO)), planSpigaCrop({ x: -40, y: 10, width: 300, height: 260 })]
      const inputs = crops.map((crop) => sampleSpigaInput(picture, crop))
      await writeFile(
        join(folder, 'inputs.f32'),
        Buffer.concat(inputs.map((each) => Buffer.from(each.buffer))),
      )
      const script = join(import.meta.dirname, 'python/spiga_reference.py')
      const { stdout } = await runFile(python, [script, weights, join(folder, 'inputs.f32'), folder])
      const torch = JSON.parse(stdout) as Reference
      const net = await openSpigaNet((await readRecord()).onnx)
      for (const [index, input] of inputs.entries()) {
        const found = await net.locate(input)
        expect(found.every(Number.isFinite)).toBe(true)
        expect(largestDifferencePx(found, torch.landmarks[index]!, 256)).toBeLessThanOrEqual(0.1)
      }
      await net.close()
      expectConstants(torch)
      const { none, ...wrong } = torch.wrong
      expect(none).toBeLessThanOrEqual(0.1)
      expect(Object.keys(wrong)).toHaveLength(4)
      for (const [change, px] of Object.entries(wrong)) expect([change, px > 1]).toEqual([change, true])
      expect(torch.refused).toBe('spiga-parity')
    },
    timeout,
  )

  test(
    'annotate: faces of the embedded annotator, looked at twice, the second time around the first landmarks',
    async () => {
      const { code, stdout } = await kit(
        'annotate',
        '--annotator',
        'spiga',
        '--json',
        '--out',
        'out',
        'photos',
        COINS,
      )
      expect(code).toBe(0)
      const { record, onnx } = await readRecord()
      const [document, other] = (JSON.parse(stdout) as { pictures: { annotator: object; faces: Face[] }[] })
        .pictures
      expect(document!.annotator).toMatchObject({ name: 'spiga', onnx: record.onnx.sha256 })
      expect(document!.faces).toHaveLength(1)
      // The detector alone takes one of the coins for a face.
      expect(other!.faces).toEqual([])
      const picture = await readPicture(PHOTO)
      const net = await openSpigaNet(onnx)
      let landmarks = (await findFace(PHOTO)).landmarks
      for (let pass = 0; pass < 2; pass++) {
        const crop = planSpigaCrop(spigaBox(landmarks))
        landmarks = decodeSpigaOutput(await net.locate(sampleSpigaInput(picture, crop)), crop)
      }
      await net.close()
      landmarks.forEach(([x, y], i) => {
        expect(document!.faces[0]!.landmarks[i]![0]).toBeCloseTo(x, 1)
        expect(document!.faces[0]!.landmarks[i]![1]).toBeCloseTo(y, 1)
      })
    },
    timeout,
  )

  test(
    'prepare: a dataset whose landmarks are its own, again only when something changed',
    async () => {
      const { code, stderr } = await kit('prepare')
      expect([code, code === 0 ? '' : stderr]).toEqual([0, ''])
      const lines = (await readFile(join(folder, 'dataset/annotations.ndjson'), 'utf8')).trim().split('\n')
      const faces = lines.map((line) => (JSON.parse(line) as Annotation).face)
      expect(faces).toHaveLength(3)
      for (const face of faces) expect(face!.landmarks.flat().filter(Number.isFinite)).toHaveLength(136)
      const { record } = await readRecord()
      const manifest = await readFile(join(folder, 'dataset/manifest.json'), 'utf8')
      expect(manifest).toContain(`spiga 2 best, onnx ${record.onnx.sha256.slice(0, 12)}`)
      const again = await kit('plan', '--json')
      const { stages } = JSON.parse(again.stdout) as { stages: { name: string; action: string }[] }
      expect(stages.find(({ name }) => name === 'annotate-images')!.action).toBe('reuse')
    },
    timeout,
  )
})

describe('what does not fit is refused', () => {
  test('a network that answers otherwise than torch: exit 9, and nothing of it is kept', async () => {
    const { onnx } = await readRecord()
    const error = await refusal(await standIn(folder, onnx, 0.001))
    expect([error.code, error.reason]).toEqual(['spiga-parity', 'integrity'])
    expect(error.message).toMatch(/^The exported SPIGA differs from torch by \d/)
    expect((await spigaFiles()).filter((name) => name.includes('partial'))).toEqual([])
  })

  test('weights that are a program: it is not run', async () => {
    const trace = join(folder, 'trace')
    await writeFile(join(folder, 'program.pt'), `cposix\nsystem\n(S'touch ${trace}'\ntR.`)
    const error = await refusal(python, join(folder, 'program.pt'))
    expect(error.code).toBe('spiga-weights')
    expect(await readdir(folder)).not.toContain('trace')
    expect(error.hint).toBe('Fetch it again: controlnet-kit models fetch spiga')
  })

  test('an exported network that was changed: exit 9', async () => {
    const { onnx } = await readRecord()
    const bytes = await readFile(onnx)
    bytes[bytes.length - 1000]! ^= 1
    await writeFile(onnx, bytes)
    const { code, stderr } = await kit('annotate', '--annotator', 'spiga', 'photos')
    expect([code, stderr.split(':')[0]]).toEqual([9, `✖ ${onnx} is not the file it was`])
  })

  test(
    'weights that are others than the first time: exit 9, and nothing of them is kept',
    async () => {
      await rm(join((await readRecord()).onnx, '..'), { recursive: true })
      const changed = Buffer.from(host.files.get(WEIGHTS)!)
      changed[changed.length >> 1]! ^= 1
      host.files.set(WEIGHTS, changed)
      host.validators = { etag: '"second"' }
      const { code, stdout, stderr } = await fetchSpiga('--json')
      expect(code).toBe(9)
      expect(JSON.parse(stdout)).toMatchObject({ status: 'failed', exitReason: 'integrity' })
      expect(stderr).toContain(`is not what it was on`)
      expect(stderr).toContain(await hashFile(weights))
      expect(await spigaFiles()).toEqual(['weights.json'])
    },
    timeout,
  )
})

async function refusal(program: string, file = weights): Promise<UserError> {
  vi.stubEnv('CNK_HOME', home)
  try {
    const record = { v: 1, url: '', sha256: 'other', sizeBytes: 1, firstFetchedAt: '' } as const
    const { signal } = new AbortController()
    await exportSpiga({ python: program, weights: { file, record }, signal, onExported: () => undefined })
  } catch (error) {
    return error as UserError
  } finally {
    vi.unstubAllEnvs()
  }
  throw new Error('it was taken')
}
