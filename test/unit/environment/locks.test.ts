import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../../../src/tools/package-root.ts'
import { TORCH_VERSION } from '../../../src/environment/pins.ts'

const read = (path: string) => readFileSync(join(packageRoot, 'python', path), 'utf8')
const locks = readdirSync(join(packageRoot, 'python/locks'))
const checks = 'scripts/check-python'
const engineLocks = locks.filter((name) => /^(builtin|diffusers)-/.test(name))
const packages = (lock: string) =>
  new Map([...lock.matchAll(/^([a-z0-9-]+)==(\S+)/gm)].map(([, name, version]) => [name, version]))

test('there is a lock for each engine and backend', () => {
  expect(engineLocks).toEqual([
    ...['builtin-cpu.txt', 'builtin-cu126.txt', 'builtin-cu130.txt'],
    ...['diffusers-cpu.txt', 'diffusers-cu126.txt', 'diffusers-cu130.txt'],
  ])
  expect(read('requirements/builtin.in')).toContain(`torch==${TORCH_VERSION}\n`)
})

const readEntries = (lock: string) => lock.split(/^(?=[a-z0-9])/m).slice(1)

test.each([...locks.map((name) => `locks/${name}`), `../${checks}/lock.txt`])(
  '%s: each package with hashes, no torch, no host',
  (path) => {
    const lock = read(path)
    expect(readEntries(lock).length).toBeGreaterThan(path.includes('bitsandbytes') ? 0 : 3)
    for (const entry of readEntries(lock))
      expect(entry).toMatch(/^[a-z0-9-]+==\S+( ; [^\\]+)? \\\n( {4}--hash=sha256:[0-9a-f]{64}( \\)?\n)+$/)
    expect(lock).not.toMatch(/:\/\//)
    expect(packages(lock).has('torch')).toBe(false)
  },
)

test('the lock of the tools that check the Python code: what is asked for, and nothing that is shipped', () => {
  const pins = [...read(`../${checks}/requirements.in`).matchAll(/^([\w-]+)==(\S+)$/gm)]
  expect(pins.map(([, pin]) => pin)).toEqual(['mypy', 'ruff'])
  const found = packages(read(`../${checks}/lock.txt`))
  for (const [, pin, version] of pins) expect(found.get(pin!)).toBe(version)
  const { files } = JSON.parse(read('../package.json')) as { files: string[] }
  expect(files.length).toBeGreaterThan(4)
  expect(files.filter((shipped) => checks.startsWith(shipped))).toEqual([])
})

test('the lock of the SPIGA export: what its requirements pin, and nothing that SPIGA only asks for', () => {
  const found = packages(read('locks/spiga-cpu.txt'))
  const pins = [...read('requirements/spiga.in').matchAll(/^([\w-]+)==(\S+)$/gm)]
  expect(pins.map(([, pin]) => pin)).toEqual(['torch', 'numpy', 'onnx', 'packaging', 'spiga'])
  expect(pins[0]![2]).toBe(TORCH_VERSION)
  for (const [, pin, version] of pins.slice(1)) expect([pin, found.get(pin!)]).toEqual([pin, version])
  for (const name of ['opencv-python', 'scipy', 'matplotlib', 'torchvision'])
    expect(found.has(name)).toBe(false)
})

test('the lock of a tracker: what its requirements pin, and no package of the engine that it stands beside', () => {
  const found = packages(read('locks/wandb.txt'))
  const [, version] = /^wandb==(\S+)$/m.exec(read('requirements/wandb.in'))!
  expect(found.get('wandb')).toBe(version)
  for (const engine of ['diffusers-cpu.txt', 'diffusers-cu130.txt']) {
    const there = packages(read(`locks/${engine}`))
    for (const name of found.keys()) expect([name, there.has(name)]).toEqual([name, false])
    for (const name of ['click', 'protobuf', 'pydantic', 'pyyaml', 'requests'])
      expect([name, there.has(name)]).toEqual([name, true])
  }
})

test.each(engineLocks)('%s: what the requirements pin', (name) => {
  const lock = read(`locks/${name}`)
  expect(readEntries(lock).length).toBeGreaterThan(70)

  const found = packages(lock)
  const pins = [...read('requirements/builtin.in').matchAll(/^([\w-]+)==(\S+)$/gm)].filter(
    ([, pin]) => pin !== 'torch',
  )
  expect(pins.length).toBeGreaterThan(10)
  for (const [, pin, version] of pins)
    expect([pin, found.get(pin!.toLowerCase().replaceAll('_', '-'))]).toEqual([pin, version])
  expect(found.has('torchvision')).toBe(name.startsWith('diffusers'))
  expect(found.has('nvidia-cublas')).toBe(name.includes('cu130'))
  expect(found.has('nvidia-cublas-cu12')).toBe(name.includes('cu126'))
  expect([...found.keys()].filter((one) => one?.endsWith('-cu13')).length > 0).toBe(name.includes('cu130'))
})

test('the cu126 locks have what the build for CUDA 12.6 wants', () => {
  const pins = [...read('requirements/cu126.in').matchAll(/^([\w-]+)(?:\[.*\])?==(\S+)$/gm)]
  expect(pins).toHaveLength(5)
  const found = packages(read('locks/builtin-cu126.txt'))
  for (const [, pin, version] of pins) expect(found.get(pin!)?.startsWith(version!)).toBe(true)
})

test('bitsandbytes has a lock for each build, with itself alone', () => {
  const extras = locks.filter((name) => name.startsWith('bitsandbytes'))
  expect(extras).toEqual(['cpu', 'cu126', 'cu130'].map((backend) => `bitsandbytes-${backend}.txt`))
  const [, pin, version] = /^([\w-]+)==(\S+)$/m.exec(read('requirements/bitsandbytes.in'))!
  for (const name of extras) expect([...packages(read(`locks/${name}`))]).toEqual([[pin, version]])
})
