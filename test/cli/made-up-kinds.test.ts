import { execFile } from 'node:child_process'
import {
  copyFile,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packageRoot } from '../../src/tools/package-root.ts'
import { MADE_UP_FILES, MADE_UP_LINES } from './made-up-kinds.ts'

const start = promisify(execFile)
/** A copy of the kit that has one more annotator, style, condition, source and kind of base model: each one folder or file, and its line in the list. */
let kit: string
let work: string

beforeAll(async () => {
  kit = await mkdtemp(join(tmpdir(), 'cnk-kinds-'))
  for (const name of ['src', 'models', 'python', 'scripts', 'package.json', 'tsconfig.json'])
    await cp(join(packageRoot, name), join(kit, name), { recursive: true })
  await symlink(join(packageRoot, 'node_modules'), join(kit, 'node_modules'))
  for (const [file, text] of Object.entries(MADE_UP_FILES)) {
    await mkdir(dirname(join(kit, 'src', file)), { recursive: true })
    await writeFile(join(kit, 'src', file), text)
  }
  for (const { list, entry, name, from } of MADE_UP_LINES) {
    const file = join(kit, 'src', list)
    const text = await readFile(file, 'utf8')
    const opened = text.replace(
      new RegExp(`(export const ${entry} = \\[)([^\\]]*[^,\\s\\]]),?\\s*\\]`),
      `$1$2, ${name}]`,
    )
    expect(opened).not.toBe(text)
    await writeFile(file, opened.replace(/^import /m, `import { ${name} } from '${from}'\nimport `))
  }
  await start(process.execPath, ['scripts/build.mjs'], { cwd: kit })
  work = join(kit, 'work')
  await mkdir(join(work, 'photos'), { recursive: true })
  await writeFile(join(work, 'controlnet.yaml'), CONFIG)
  for (const name of ['photo.jpg', 'photos/photo.jpg'])
    await copyFile(join(packageRoot, 'test/fixtures/pictures/astronaut.jpg'), join(work, name))
})
afterAll(() => rm(kit, { recursive: true }))

const CONFIG = `version: 1
name: made-up
condition: { annotator: centre, style: corners }
dataset: { source: { album: ./photos }, resolution: 64 }
`

async function run(...args: string[]): Promise<string> {
  const env = { ...process.env, CNK_HOME: join(kit, 'cache'), NO_COLOR: '1', COLUMNS: '200' }
  // `plan` ends with 3 where this machine has no Python that fits.
  const { stdout } = await start(process.execPath, [join(kit, 'dist/start.cjs'), ...args], {
    cwd: work,
    env,
  }).catch((error: { stdout: string; code: number }) => {
    if (error.code !== 3) throw error
    return error
  })
  return stdout
}

test('CONTRIBUTING.md tells where each goes', async () => {
  const text = await readFile(join(packageRoot, 'CONTRIBUTING.md'), 'utf8')
  const told = text.slice(text.indexOf('## Adding an annotator'), text.indexOf('## Adding a key'))
  for (const { list, entry } of MADE_UP_LINES) expect(told).toContain(`\`${entry}\` in \`src/${list}\``)
  const named = [...told.matchAll(/`(src\/[\w/.-]+)`/g)].map(([, path]) => path!)
  expect(named.length).toBeGreaterThan(MADE_UP_LINES.length)
  for (const path of named) await expect(stat(join(packageRoot, path)), path).resolves.toBeDefined()
})

test('their types fit, and no other file has to change', async () => {
  const config = { extends: './tsconfig.json', include: ['src'] }
  await writeFile(join(kit, 'tsconfig.src.json'), JSON.stringify(config))
  await start(process.execPath, ['node_modules/typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.src.json'], {
    cwd: kit,
  }).catch(({ stdout }: { stdout: string }) => expect(stdout).toBe(''))
})

test('the schema takes them', async () => {
  const { properties } = JSON.parse(await run('schema'))
  const { kind, annotator, style } = properties.condition.properties
  expect(kind.enum).toContain('negative')
  expect(annotator.enum).toContain('centre')
  expect(annotator.description).toContain('`centre`: a face in the middle of each picture')
  expect(style.enum).toContain('corners')
  const { anyOf, description } = properties.dataset.properties.source
  expect(anyOf.flatMap((one: { properties: object }) => Object.keys(one.properties))).toContain('album')
  expect(description).toContain('pairs, album')
  const base = properties.base_model
  expect(base.description).toMatch(/, shelf\.$/)
  const shelf = base.anyOf.find(({ properties: { shelf } }: { properties: { shelf?: object } }) => shelf)
  expect(shelf.properties.board).toMatchObject({ enum: ['upper', 'lower'], default: 'upper' })
})

test('the help of annotate names them', async () => {
  const help = (await run('annotate', '--help')).replace(/\s+/g, ' ')
  expect(help).toContain('the condition: face-landmarks, canny, color-palette, negative')
  expect(help).toContain('spiga-seg (the default), points, wireframe or corners')
  expect(help).toContain('embedded (the default), spiga or centre')
})

test('the plan tells of them', async () => {
  const plan = JSON.parse(await run('plan', '--json', '--offline'))
  expect(plan.condition.drives).toContain('drawn as corners')
  expect(plan.condition.from_any_picture).toEqual({
    command: expect.stringContaining('annotate photo.jpg --annotator centre --style corners'),
    cost: 'next to nothing',
  })
  const summaries = plan.stages.map(({ summary }: { summary: string }) => summary)
  expect(summaries).toContain('1 picture in photos/')
  expect(summaries).toContain('1 pictures by centre')
  const shelf = JSON.parse(await run('plan', '--json', '--offline', '--set', 'base_model.shelf=./oak'))
  expect(shelf.stages.map(({ summary }: { summary: string }) => summary)).toContain(
    'the upper board of ./oak',
  )
  expect(shelf.checks.map(({ path }: { path: string | null }) => path)).toContain('base_model.shelf')
  const negative = JSON.parse(await run('plan', '--json', '--offline', '--set', 'condition.kind=negative'))
  expect(negative.condition.title).toBe('negative')
  expect(negative.condition.from_any_picture.command).toContain('annotate photo.jpg --kind negative')
})

test('they act: annotate and prepare make their files', async () => {
  await run('annotate', 'photo.jpg', '--annotator', 'centre', '--style', 'corners')
  const { annotator, faces } = JSON.parse(await readFile(join(work, 'photo.landmarks.json'), 'utf8'))
  expect(annotator.name).toBe('centre')
  expect(faces).toHaveLength(1)
  await run('annotate', 'photo.jpg', '--kind', 'negative', '--out', 'negatives')
  expect(await readdir(join(work, 'negatives'))).toEqual(['photo.conditioning.png'])
  await run('prepare', '--set', 'dataset.filters.max_pose=180')
  const manifest = JSON.parse(await readFile(join(work, 'dataset/manifest.json'), 'utf8'))
  expect(manifest.annotator).toMatchObject({ name: 'centre' })
  expect(manifest.train + manifest.validation).toBe(1)
})
