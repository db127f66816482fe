/** The packed tarball, installed: what is in it, and that it works without the packages of development. */
import { execFile } from 'node:child_process'
import { copyFile, mkdir, readdir, readFile, rm, symlink } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packageRoot } from '../../src/tools/package-root.ts'
import { temporaryFolder } from './cli.ts'

const run = promisify(execFile)
const astronaut = join(packageRoot, 'test/fixtures/pictures/astronaut.jpg')

let folder: string
/** Where npm would have put the kit. */
let kit: string
let files: readonly string[]

/** Packs what is built, without building it again, and lays what it needs at run time beside it. */
beforeAll(async () => {
  folder = await temporaryFolder()
  const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder]
  const [{ filename }] = JSON.parse((await run('npm', pack, { cwd: packageRoot })).stdout)
  kit = join(folder, 'node_modules', 'controlnet-kit')
  await mkdir(kit, { recursive: true })
  await run('tar', ['-xf', join(folder, filename), '-C', kit, '--strip-components=1'])
  files = (await readdir(kit, { recursive: true })).sort()
  await linkRuntimePackages(join(folder, 'node_modules'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Links to the packages that `npm install controlnet-kit` would bring, as the lock names them. */
async function linkRuntimePackages(target: string): Promise<void> {
  const lock = JSON.parse(await readFile(join(packageRoot, 'package-lock.json'), 'utf8'))
  const packages = Object.entries<{ dev?: boolean }>(lock.packages).filter(
    ([path, { dev }]) => /^node_modules\/(@[^/]+\/)?[^/]+$/.test(path) && dev !== true,
  )
  expect(packages.length).toBeGreaterThan(5)
  for (const [path] of packages) {
    const name = path.slice('node_modules/'.length)
    await mkdir(join(target, name, '..'), { recursive: true })
    await symlink(join(packageRoot, 'node_modules', name), join(target, name))
  }
}

const start = (...args: string[]) =>
  run(process.execPath, [join(kit, 'dist/start.cjs'), ...args], { cwd: folder })

test('it holds the bundle, and neither sources nor tests', async () => {
  const inDist = files.filter((file) => file.startsWith('dist/') && !file.startsWith('dist/chunks/'))
  expect(inDist.filter((file) => !file.endsWith('.map'))).toEqual([
    'dist/THIRD_PARTY_LICENSES.txt',
    'dist/chunks',
    'dist/programs',
    'dist/programs/annotate-worker.js',
    'dist/programs/condition-worker.js',
    'dist/programs/generated-faces-worker.js',
    'dist/programs/hash-worker.js',
    'dist/programs/main.js',
    'dist/programs/process-guard-main.js',
    'dist/programs/row-worker.js',
    'dist/start.cjs',
  ])
  expect(files.filter((file) => /^(src|test|build|scripts|node_modules)\b/.test(file))).toEqual([])
  for (const script of files.filter((file) => /^dist\/.*\.c?js$/.test(file)))
    expect(files).toContain(`${script}.map`)
})

/** The files that a built file was made from, as the repository names them. */
async function readSources(file: string): Promise<string[]> {
  const { sources } = JSON.parse(await readFile(join(kit, `${file}.map`), 'utf8')) as { sources: string[] }
  return sources.map((source) => source.replace(/^(\.\.\/)+/, ''))
}

/** The package that a file belongs to; none for the kit's own. */
const packageFolder = (source: string): readonly string[] =>
  source.match(/^.*node_modules\/(@[^/]+\/)?[^/]+/)?.slice(0, 1) ?? []

test('what is bundled comes from src/ and from packages, each of them with its licence', async () => {
  const scripts = files.filter((file) => files.includes(`${file}.map`))
  const sources = (await Promise.all(scripts.map(readSources))).flat()
  expect(sources.filter((source) => !/^(src|node_modules)\//.test(source))).toEqual([])
  const packages = new Set(sources.flatMap(packageFolder))
  expect(packages.size).toBeGreaterThan(10)
  const licences = await readFile(join(kit, 'dist/THIRD_PARTY_LICENSES.txt'), 'utf8')
  for (const folder of packages) {
    const { name, version, license } = JSON.parse(
      await readFile(join(packageRoot, folder, 'package.json'), 'utf8'),
    )
    expect(licences).toContain(`\n${name} ${version} (${license})\n`)
    const text = (await readdir(join(packageRoot, folder))).find((file) => /^licen[cs]e/i.test(file))!
    expect(licences).toContain((await readFile(join(packageRoot, folder, text), 'utf8')).trim())
  }
})

test('--help loads one package, and no handler of a command', async () => {
  const loaded = ['dist/programs/main.js']
  for (const file of loaded) {
    const code = await readFile(join(kit, file), 'utf8')
    for (const [, chunk] of code.matchAll(/^(?:import|\} from) "\.\.?\/(?:chunks\/)?([\w-]+\.js)";$/gm))
      if (!loaded.includes(`dist/chunks/${chunk}`)) loaded.push(`dist/chunks/${chunk}`)
  }
  expect(loaded.length).toBeGreaterThan(2)
  const sources = (await Promise.all(loaded.map(readSources))).flat()
  expect([...new Set(sources.flatMap(packageFolder))]).toEqual(['node_modules/commander'])
  expect(sources.filter((source) => /^src\/(cli|tools|stages|plan|config)\//.test(source)).sort()).toEqual([
    'src/cli/program.ts',
  ])
})

test('what draws the live view is loaded where it is shown, not at the top of anything else', async () => {
  const scripts = files.filter((file) => files.includes(`${file}.map`))
  const holds = async (file: string) =>
    (await readSources(file)).some((source) => source.startsWith('node_modules/listr2/dist/'))
  const held = await Promise.all(scripts.map(holds))
  const drawing = scripts.filter((_, index) => held[index]).map((file) => basename(file))
  expect(drawing.filter((name) => name.startsWith('live-view-'))).toHaveLength(1)
  for (const file of scripts.filter((name) => !drawing.includes(basename(name)))) {
    const code = await readFile(join(kit, file), 'utf8')
    const imports = [...code.matchAll(/^(?:import|\} from) "([^"]+)";$/gm)].map(([, path]) => basename(path!))
    expect(imports.filter((name) => drawing.includes(name))).toEqual([])
  }
})

test('it says its version, and plans a new project', async () => {
  expect((await start('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  await start('init', 'project')
  await mkdir(join(folder, 'project', 'photos'))
  await copyFile(astronaut, join(folder, 'project', 'photos', 'astronaut.jpg'))
  const { stdout } = await start(
    'plan',
    '-C',
    'project',
    '--json',
    '--set',
    'dataset.validation.count=1',
  ).catch((error: { stdout: string }) => error)
  const plan = JSON.parse(stdout) as { name: string; paths: { packageRoot: string } }
  expect(plan).toMatchObject({ name: 'project', paths: { packageRoot: kit } })
})

test('its threads find faces', async () => {
  const picture = join(folder, basename(astronaut))
  await copyFile(astronaut, picture)
  await start('annotate', picture)
  const { faces } = JSON.parse(await readFile(join(folder, 'astronaut.landmarks.json'), 'utf8'))
  expect(faces).toHaveLength(1)
})

test('a bug shows where it is in the sources', async () => {
  const bug = `JSON.stringify = () => { throw new TypeError('broken') }`
  const preload = `data:text/javascript,${encodeURIComponent(bug)}`
  const failed = run(process.execPath, ['--import', preload, join(kit, 'dist/start.cjs'), 'schema'])
  const { stderr } = await failed.then(
    () => expect.unreachable('the command did not fail'),
    (error: { stderr: string }) => error,
  )
  expect(stderr).toMatch(/ \(?node_modules\/zod\/v4\/core\/[a-z-]+\.js:\d+:\d+\)?\n/)
})
