import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../../../src/tools/package-root.ts'
import { TORCH_VERSION } from '../../../src/trainer/pins.ts'

const read = (path: string) => readFileSync(join(packageRoot, 'python', path), 'utf8')
const locks = readdirSync(join(packageRoot, 'python/locks'))
const packages = (lock: string) =>
  new Map([...lock.matchAll(/^([a-z0-9-]+)==(\S+)/gm)].map(([, name, version]) => [name, version]))

test('there is a lock for each engine and backend', () => {
  expect(locks).toEqual(['builtin-cpu.txt', 'builtin-cu130.txt', 'diffusers-cpu.txt', 'diffusers-cu130.txt'])
  expect(read('requirements/builtin.in')).toContain(`torch==${TORCH_VERSION}\n`)
})

test.each(locks)('%s: what the requirements pin, each with hashes, no torch, no host', (name) => {
  const lock = read(`locks/${name}`)
  const entries = lock.split(/^(?=[a-z0-9])/m).slice(1)
  expect(entries.length).toBeGreaterThan(70)
  for (const entry of entries)
    expect(entry).toMatch(/^[a-z0-9-]+==\S+( ; [^\\]+)? \\\n( {4}--hash=sha256:[0-9a-f]{64}( \\)?\n)+$/)
  expect(lock).not.toMatch(/:\/\//)

  const found = packages(lock)
  const pins = [...read('requirements/builtin.in').matchAll(/^([\w-]+)==(\S+)$/gm)].filter(
    ([, pin]) => pin !== 'torch',
  )
  expect(pins.length).toBeGreaterThan(10)
  for (const [, pin, version] of pins)
    expect([pin, found.get(pin!.toLowerCase().replaceAll('_', '-'))]).toEqual([pin, version])
  expect(found.has('torch')).toBe(false)
  expect(found.has('torchvision')).toBe(name.startsWith('diffusers'))
  expect(found.has('nvidia-cublas')).toBe(name.includes('cu130'))
})
