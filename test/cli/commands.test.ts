import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { run, temporaryFolder } from './cli.ts'

let folder: string
beforeEach(async () => {
  folder = await temporaryFolder()
})
afterEach(() => rm(folder, { recursive: true }))

const CONFIG = 'version: 1\nname: faces\ndataset: { source: { folder: ./photos } }\n'

describe('mistakes', () => {
  it('no config: exit 3, and where to begin', async () => {
    const { code, stderr } = await run(['plan'], folder)
    expect(code).toBe(3)
    expect(stderr).toBe(
      '✖ There is no controlnet.yaml here.\n→ Write one: controlnet-kit init, or name yours: controlnet-kit plan CONFIG\n',
    )
  })

  it('a typo in a key: exit 2, its place and the likely key', async () => {
    await writeFile(join(folder, 'controlnet.yaml'), CONFIG.replace('source:', 'sorce:'))
    const { code, stderr } = await run(['plan'], folder)
    expect(code).toBe(2)
    expect(stderr).toContain(
      'controlnet.yaml:3:12  dataset.sorce  unknown key; did you mean dataset.source?\n→ Mend it',
    )
  })

  it('a wrong command or flag: exit 2', async () => {
    expect((await run(['trian'], folder)).code).toBe(2)
    expect((await run(['plan', '--nope'], folder)).code).toBe(2)
  })

  it.each([
    [['plan', '--nope', '--json'], "unknown option '--nope'"],
    [['annotate', '--json'], "missing required argument 'paths'"],
    [['annotate', 'a.jpg', '--size', '99999', '--json'], 'Expected a whole number of pixels, 64 to 2048.'],
    [['annotate', 'a.jpg', '--size', '6x', '--json'], 'Expected a whole number of pixels, 64 to 2048.'],
  ])('a wrong command line is told to people and programs: %j', async (args, message) => {
    const { code, stdout, stderr } = await run(args, folder)
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)])
    const problems = [{ message: expect.stringContaining(message) as string }]
    expect(JSON.parse(stdout)).toMatchObject({ v: 1, status: 'failed', exitReason: 'usage', problems })
  })

  it('a command that is not built yet: exit 2', async () => {
    const { code, stderr } = await run(['doctor'], folder)
    expect([code, stderr.split('\n')[0]]).toEqual([2, '✖ The command doctor is not available yet.'])
  })

  it('an empty folder: exit 3 from plan, prepare and train alike, and nothing is made', async () => {
    await writeFile(join(folder, 'controlnet.yaml'), CONFIG)
    await mkdir(join(folder, 'photos'))
    await writeFile(join(folder, 'photos', 'a.heic'), 'x')
    for (const command of ['plan', 'prepare', 'train']) {
      const { code, stdout, stderr } = await run([command], folder)
      expect(code).toBe(3)
      expect(stdout + stderr).toContain("HEIC can't be read here")
    }
    expect((await readdir(folder)).sort()).toEqual(['controlnet.yaml', 'photos'])
  })

  it('prints JSON whatever fails', async () => {
    const { code, stdout } = await run(['train', '--json'], folder)
    expect(code).toBe(3)
    expect(JSON.parse(stdout)).toMatchObject({ v: 1, status: 'failed', exitReason: 'preflight' })
  })

  it('a text file named .jpg: it is listed with its reason, exit 4', async () => {
    await writeFile(join(folder, 'controlnet.yaml'), CONFIG)
    await mkdir(join(folder, 'photos'))
    await writeFile(join(folder, 'photos', 'a.jpg'), 'not a picture')
    const { code, stderr } = await run(['prepare'], folder)
    expect(code).toBe(4)
    expect(stderr).toContain('1 unreadable')
    expect(await readdir(join(folder, 'dataset'))).not.toContain('README.md')
  })
})

describe('what a person starts with', () => {
  it('init writes a config that plan takes, and never overwrites one', async () => {
    expect((await run(['init'], folder)).code).toBe(0)
    const text = await readFile(join(folder, 'controlnet.yaml'), 'utf8')
    const { stdout } = await run(['plan', '--json'], folder)
    expect(JSON.parse(stdout)).toMatchObject({ v: 1, config_file: 'controlnet.yaml' })
    expect((await run(['init'], folder)).code).toBe(3)
    expect(await readFile(join(folder, 'controlnet.yaml'), 'utf8')).toBe(text)
  })

  it('--help begins with an example', async () => {
    const { code, stdout } = await run(['train', '--help'], folder)
    expect(code).toBe(0)
    expect(stdout.split('\n')[0]).toMatch(/^Example: {2}controlnet-kit train/)
  })

  it('-C starts in another folder', async () => {
    await mkdir(join(folder, 'a'))
    await writeFile(join(folder, 'a', 'controlnet.yaml'), CONFIG)
    const { stdout } = await run(['plan', '--json', '-C', 'a'], folder)
    expect(JSON.parse(stdout)).toMatchObject({ paths: { dataset: join(folder, 'a', 'dataset') } })
    expect((await run(['plan', '-C', 'b'], folder)).code).toBe(3)
  })

  it('schema prints the JSON Schema', async () => {
    expect(JSON.parse((await run(['schema'], folder)).stdout)).toMatchObject({ type: 'object' })
  })
})
