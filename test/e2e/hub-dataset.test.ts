/** A Hub dataset as a source: from a local stand-in of the Hub, in files that `datasets` wrote. */
import { execFile } from 'node:child_process'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test, vi } from 'vitest'
import { hashBytes } from '../../src/tools/files/read-located.ts'
import { run } from '../cli/cli.ts'
import { DATASET_STAGES, openBench, readManifest, readRows, type Bench } from '../stages/dataset-stages.ts'
import { REPO, type Asked } from './fake-dataset-hub.ts'
import {
  COLUMNS,
  failure,
  folder,
  hub,
  isStorage,
  observe,
  open,
  readAll,
  TOKEN,
  trouble,
  useHub,
} from './hub-case.ts'
import { files, findColumn, readPhotos, shared } from './hub-files.ts'
import { venvPython } from './venv.ts'

vi.setConfig({ testTimeout: 120_000 })
useHub(() => files)

test('the official clients find the same files and rows in it as we do', async () => {
  const { host } = new URL(hub.url)
  expect((await observe()).contact).toEqual({ host, also: [], proxy: null, problem: null })
  const script = join(import.meta.dirname, 'python/read_dataset_hub.py')
  const env = {
    ...process.env,
    HF_ENDPOINT: hub.url,
    HF_DATASETS_CACHE: join(folder, 'datasets'),
    HF_HUB_DISABLE_XET: '1',
  }
  const [name] = Object.keys(files).filter((path) => path.endsWith('.parquet'))
  const { stdout } = await promisify(execFile)(venvPython(), [script, REPO, name!], { env })
  expect(JSON.parse(stdout)).toEqual({
    commit: hub.commit('main'),
    files: Object.entries(files).map(([path, content]) => [path, content.length, hashBytes(content)]),
    sha256: hashBytes(files[name!]!),
    rows: 6,
    columns: ['image', 'spiga_seg', 'image_caption'],
  })
  // Now they are in the client's own cache: nobody has to be asked for them.
  expect(await observe()).toEqual({
    kind: 'hub',
    given: REPO,
    exists: true,
    pictures: 6,
    folders: 1,
    bytes: Object.entries(files).reduce(
      (sum, [path, { length }]) => sum + (path.endsWith('.parquet') ? length : 0),
      0,
    ),
    digest: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    others: {},
    revision: hub.commit('main'),
    tables: { files: 3, note: null },
  })
})

test('what is planned again costs one request, or none when the revision is a commit', async () => {
  await observe()
  const count = hub.requests.length
  await observe()
  expect(hub.requests.slice(count).map(({ path }) => path)).toEqual([`/api/datasets/${REPO}/revision/main`])
  await observe(`${REPO}@${hub.commit('main')}`)
  expect(hub.requests).toHaveLength(count + 1)
})

test('the token goes to the Hub and nowhere else', async () => {
  await observe()
  await readAll()
  const tokens = (server: Asked['server']) =>
    new Set(hub.requests.filter((each) => each.server === server).map(({ token }) => token))
  expect(tokens('hub')).toEqual(new Set([TOKEN]))
  expect(tokens('storage')).toEqual(new Set([null]))
})

test('each byte of the pictures comes once, and none of the other pictures', async () => {
  const source = await open()
  const { entries } = await source.list()
  const before = hub.requests.length
  await Promise.all(entries.map(({ path }) => source.locate(path)))
  await source.close()
  const reads = hub.requests.slice(before).filter(({ server }) => server === 'storage')
  const contents = Object.values(files).filter((content) => content.length > 100)
  expect(contents).toHaveLength(3)
  for (const content of contents) {
    const ranges = reads
      .filter(({ path }) => path.endsWith(hashBytes(content)))
      .map(({ range }) => /^bytes=(\d+)-(\d+)$/.exec(range!)!.slice(1).map(Number) as [number, number])
      .sort((a, b) => a[0] - b[0])
    const { start, end } = await findColumn(content, 'image')
    const [first, last] = [ranges[0]!, ranges.at(-1)!]
    expect(ranges.slice(1).every(([from], index) => from > ranges[index]![1])).toBe(true)
    expect([first[0], last[1] + 1]).toEqual([start, end])
  }
})

test.each([
  ['a connection that breaks', () => trouble({ cutAfter: 1000 }, 3, isStorage)],
  ['an error of the server', () => trouble({ status: 503 }, 1)],
  ['a limit on requests', () => trouble({ status: 429, headers: { ratelimit: '"api";r=0;t=0' } }, 1)],
])('%s is got over', async (_name, arrange) => {
  arrange()
  await observe()
  expect(await readAll()).toEqual(await readPhotos())
  expect(hub.trouble.every(({ left }) => left === 0)).toBe(true)
})

test('without Parquet: what the Hub converted, or an error', async () => {
  hub.branches.set('main', new Map([['a.csv', Buffer.from('a')]]))
  expect(await failure(observe())).toMatchObject({ code: 'hub-no-parquet' })
  const [content] = Object.values(files).filter(({ length }) => length > 100)
  hub.branches.set(
    'refs/convert/parquet',
    new Map([
      ['default/train/0000.parquet', content!],
      ['other/train/0000.parquet', content!],
    ]),
  )
  expect(await observe()).toMatchObject({
    pictures: 2,
    revision: hub.commit('refs/convert/parquet'),
    tables: { files: 1, note: 'configuration default' },
  })
  expect(await readAll({ revision: hub.commit('refs/convert/parquet') })).toEqual(
    (await readPhotos()).slice(0, 2),
  )
})

test('offline: an error that says what is missing; afterwards from what was seen', async () => {
  vi.stubEnv('HF_HUB_OFFLINE', '1')
  expect(await failure(observe())).toMatchObject({ code: 'hub-offline', reason: 'preflight' })
  expect(hub.requests).toEqual([])
  vi.stubEnv('HF_HUB_OFFLINE', '')
  const online = await observe()
  const count = hub.requests.length
  expect(await observe(REPO, { offline: true })).toEqual(online)
  vi.stubEnv('HF_DATASETS_OFFLINE', '1')
  expect(await observe()).toEqual(online)
  expect(hub.requests).toHaveLength(count)
  expect(await failure(readAll())).toMatchObject({ code: 'hub-offline' })
})

test('what the official client has fetched is read where it lies', async () => {
  const snapshot = join(folder, 'hf/hub/datasets--owner--faces/snapshots', hub.commit('main'))
  await observe()
  await mkdir(join(snapshot, 'data'), { recursive: true })
  for (const [path, content] of Object.entries(files)) await writeFile(join(snapshot, path), content)
  const count = hub.requests.length
  vi.stubEnv('HF_HUB_OFFLINE', '1')
  expect(await readAll()).toEqual(await readPhotos())
  expect(hub.requests).toHaveLength(count)
})

test('a branch that moved on: other rows are another source, another card is not', async () => {
  const { digest } = await observe()
  const branch = hub.branches.get('main')!
  branch.set('README.md', Buffer.from('# faces, described'))
  const described = await observe()
  expect(described).toMatchObject({ digest, revision: hub.commit('main') })
  branch.delete('data/train-00002-of-00003.parquet')
  const fewer = await observe()
  expect(fewer.digest).not.toBe(digest)
  expect(fewer).toMatchObject({ pictures: 4, tables: { files: 2 } })
})

const bench = (source: Record<string, unknown>): Bench =>
  openBench(folder, {
    condition: { quality: 'fast' },
    dataset: {
      source,
      columns: COLUMNS,
      captions: 'folder' in source ? { template: 'x' } : { column: 'image_caption' },
      resolution: 64,
      validation: { count: 1 },
      max_rejects: '100%',
    },
  })

test('prepare makes the same pictures from the Hub, from local Parquet and from a folder', async () => {
  await promisify(execFile)('cp', ['-r', join(shared, 'photos'), join(shared, 'data'), folder])
  const made: Record<string, unknown> = {}
  const lines: string[] = []
  for (const source of [{ hub: REPO }, { parquet: './data' }, { folder: './photos' }]) {
    const one = bench(source)
    lines.push((await one.run())[0]!)
    const rows = [...(await readRows(one, 'train')), ...(await readRows(one, 'validation'))]
    made[Object.keys(source)[0]!] = rows
      .map(({ image, conditioning_image }) =>
        [hashBytes(image.bytes), hashBytes(conditioning_image.bytes)].join(),
      )
      .sort()
    if (!('folder' in source)) expect(rows.map(({ text }) => text).sort()[0]).toMatch(/^face \d$/)
    await rm(join(folder, 'dataset'), { recursive: true })
  }
  expect((made['hub'] as string[]).length).toBeGreaterThan(3)
  expect(made['parquet']).toEqual(made['hub'])
  expect(made['folder']).toEqual(made['hub'])
  expect(lines).toEqual([
    `6 pictures in ${REPO}, commit ${hub.commit('main').slice(0, 8)} (3 Parquet files)`,
    '6 pictures in data/ (3 Parquet files)',
    '6 pictures in photos/',
  ])
})

test('the network is gone mid-way: the next run goes on with the rest', async () => {
  const one = bench({ hub: REPO })
  const [collect, annotate] = DATASET_STAGES
  await one.run([collect])
  const last = hashBytes(files['data/train-00002-of-00003.parquet']!)
  const isLast = ({ server, path }: Asked) => server === 'storage' && path.endsWith(last)
  trouble({ cutAfter: 0 }, Infinity, isLast)
  expect(await failure(one.run([annotate]))).toMatchObject({
    code: 'network-missing',
    message: expect.stringMatching(/^127\.0\.0\.1:\d+ could not be reached: /) as string,
    hint: expect.stringMatching(/it goes on/) as string,
  })
  hub.trouble = []
  const before = hub.requests.length
  await one.run([annotate])
  const read = hub.requests.slice(before).filter(isStorage)
  expect(read.length).toBeGreaterThan(0)
  expect(read.filter((asked) => !isLast(asked))).toEqual([])
  await one.run(DATASET_STAGES.slice(2))
  expect((await readManifest(one)).train).toBeGreaterThan(2)
})

test('plan names the host, and with --offline asks nobody', async () => {
  await writeFile(
    join(folder, 'controlnet.yaml'),
    `version: 1\nname: faces\ndataset:\n  source: { hub: ${REPO} }\n  columns: { image: image, caption: image_caption }\n`,
  )
  const env = {
    HF_ENDPOINT: hub.url,
    HF_HOME: join(folder, 'hf'),
    HF_TOKEN: TOKEN,
    CNK_HOME: join(folder, 'home'),
  }
  const blind = await run(['plan', '--offline', '--json'], folder, env)
  expect(blind).toMatchObject({ code: 3, stdout: expect.stringContaining('--offline was given') as string })
  expect(hub.requests).toEqual([])
  const first = await run(['plan', '--json'], folder, env)
  const plan = JSON.parse(first.stdout) as { effects: { contacts: string[] }; stages: { summary: string }[] }
  expect(plan.effects.contacts).toContain(new URL(hub.url).host)
  expect(plan.stages[0]!.summary).toBe(
    `6 pictures in ${REPO}, commit ${hub.commit('main').slice(0, 8)} (3 Parquet files)`,
  )
  expect(first.stdout + first.stderr).not.toContain(TOKEN)
  const count = hub.requests.length
  const again = await run(['plan', '--offline', '--json'], folder, env)
  expect(JSON.parse(again.stdout)).toMatchObject({ stages: plan.stages.map(({ summary }) => ({ summary })) })
  expect(hub.requests).toHaveLength(count)
})
