/** `models fetch face-synthetics-…` against a local server, and what is done with the zip that comes. */
import { existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { writeFrames } from '../stages/face-pictures.ts'
import { startFileServer, type FileServer } from '../stages/file-server.ts'
import { entriesOfFolder } from '../stages/zip-files.ts'
import { makeZip } from '../unit/formats/zip/make-zip.ts'
import { run, temporaryFolder, type Ended } from './cli.ts'

let folder: string
let host: FileServer
let zip: Buffer
beforeEach(async () => {
  folder = await temporaryFolder()
  await writeFrames(join(folder, 'frames'), { count: 3, side: 256 })
  zip = makeZip(entriesOfFolder(join(folder, 'frames')), { zip64: true })
  host = await startFileServer({ '/dataset_100.zip': zip })
})
afterEach(async () => {
  host.close()
  await rm(folder, { recursive: true })
})

const cached = (): string => join(folder, 'home/face-synthetics/dataset_100.zip')
const fetch = (...more: string[]): Promise<Ended> => cli('models', 'fetch', 'face-synthetics-100', ...more)
const cli = (...args: string[]): Promise<Ended> =>
  run(args, folder, { CNK_HOME: join(folder, 'home'), CNK_FACE_SYNTHETICS: `${host.url}/` })

it('shows the agreement; without a yes nothing is fetched', async () => {
  const { code, stdout, stderr } = await fetch()
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr.replace(/\s+/g, ' ')).toContain(
    'Research Use of Data Agreement 1.0: you may use the pictures',
  )
  expect(stderr).toContain('https://github.com/microsoft/FaceSynthetics/blob/main/LICENSE.txt')
  expect(stderr).toContain('controlnet-kit models fetch face-synthetics-100 --yes')
  expect(host.requests).toEqual([])
  expect(existsSync(join(folder, 'home'))).toBe(false)
})

it('fetches the zip once, writes its hash down, and says how to use it', async () => {
  const first = await fetch('--yes')
  expect(first.code).toBe(0)
  expect(first.stdout).toBe(
    `face-synthetics-100 is ready: ${join(folder, 'home/face-synthetics')}\n` +
      `In the config: dataset: { source: { face_synthetics: ${cached()} } }\n`,
  )
  expect(readFileSync(cached()).equals(zip)).toBe(true)
  const second = await fetch('--json')
  expect(JSON.parse(second.stdout)).toMatchObject({
    status: 'present',
    size_bytes: zip.length,
    sha256: (JSON.parse(readFileSync(`${cached()}.json`, 'utf8')) as { sha256: string }).sha256,
    config_line: `dataset: { source: { face_synthetics: ${cached()} } }`,
  })
  expect(host.requests).toEqual(['GET /dataset_100.zip'])
  expect(readdirSync(join(folder, 'home/face-synthetics')).sort()).toEqual([
    'dataset_100.zip',
    'dataset_100.zip.json',
  ])
})

it('a broken connection, and then trouble: what arrived is kept, and the same command goes on from there', async () => {
  host.cutAfter = 50_000
  const running = fetch('--yes')
  while (host.requests.length === 0) await sleep(50)
  host.answerAll = { status: 503, headers: { 'retry-after': '0' } }
  const broken = await running
  expect(broken.code).toBe(5)
  expect(broken.stderr).toContain(`dataset_100.zip could not be fetched: the server says 503`)
  const { size } = statSync(`${cached()}.part`)
  expect(size).toBeGreaterThan(0)
  host.answerAll = null
  host.requests.length = 0
  expect((await fetch('--yes')).code).toBe(0)
  expect(host.requests).toEqual([`GET /dataset_100.zip bytes=${size}-`])
  expect(readFileSync(cached()).equals(zip)).toBe(true)
})

it('other bytes than the first time: exit 9, and they are not kept', async () => {
  await fetch('--yes')
  rmSync(cached())
  host.files.set('/dataset_100.zip', Buffer.concat([zip.subarray(0, -1), Buffer.from('!')]))
  const { code, stderr } = await fetch('--yes')
  expect(code).toBe(9)
  expect(stderr).toContain('dataset_100.zip is not what it was on 20')
  expect(existsSync(cached())).toBe(false)
})

it('an answer that is no zip is not kept', async () => {
  host.files.set('/dataset_100.zip', Buffer.from('<html>Log in to the hotel network</html>'))
  const { code, stderr } = await fetch('--yes')
  expect(code).toBe(3)
  expect(stderr).toContain('is not a zip archive, or its end is missing')
  expect(readdirSync(join(folder, 'home/face-synthetics'))).toEqual([])
})

it('a mirror without the file', async () => {
  host.files.clear()
  const { code, stderr } = await fetch('--yes')
  expect([code, stderr]).toEqual([5, expect.stringContaining('the server says 404, no such file')])
})

it('plan and prepare read the zip in place, and plan tells of the licence', async () => {
  await fetch('--yes')
  const config = {
    version: 1,
    name: 'faces',
    condition: { annotator: 'files' },
    dataset: {
      source: { face_synthetics: cached() },
      crop: 'center',
      resolution: 64,
      validation: { count: 1 },
    },
    base_model: { generated: 'tiny' },
  }
  writeFileSync(join(folder, 'controlnet.yaml'), JSON.stringify(config))
  const { stdout } = await cli('plan', '--json')
  const { checks } = JSON.parse(stdout) as { checks: { code: string; status: string }[] }
  expect(checks).toContainEqual(expect.objectContaining({ code: 'face-synthetics-licence', status: 'warn' }))
  expect(checks).toContainEqual(
    expect.objectContaining({ code: 'source-pictures', found: `3 pictures in ${cached()}` }),
  )
  const prepared = await cli('prepare')
  expect([prepared.code, prepared.stderr]).toEqual([0, expect.stringContaining('3 pictures in')])
  expect(readFileSync(join(folder, 'dataset/README.md'), 'utf8')).toContain('research-use-of-data-agreement')
  const again = await cli('prepare')
  expect(again.code).toBe(0)
})
