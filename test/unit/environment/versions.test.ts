import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, test } from 'vitest'
import { compareVersions } from '../../../src/environment/compare-versions.ts'
import { TESTED_EXTRAS, TESTED_FOR_DIFFUSERS, TESTED_PACKAGES } from '../../../src/environment/pins.ts'
import { parseTorchVersion } from '../../../src/environment/torch-version.ts'
import { packageRoot } from '../../../src/tools/package-root.ts'

it.each([
  ['0.40.0', '<', '0.41.0'],
  ['0.40.0.dev0', '<', '0.40.0'],
  ['2.6.0a0+ecf3bae40a.nv25.01', '<', '2.6.0'],
  ['2.6.0rc1', '<', '2.6'],
  ['2.6', '=', '2.6.0'],
  ['2.13.0+cpu', '=', '2.13.0'],
  ['2.13.0+cpu', '=', '2.13.0+cu130'],
  ['0.40.0.post1', '=', '0.40.0'],
  ['2.13.0', '>', '2.6.0'],
  ['3.12.1', '>', '3.11'],
  ['1!2.0', '<', '2.0'],
])('%s %s %s', (a, sign, b) => {
  expect(['<', '=', '>'][Math.sign(compareVersions(a, b)) + 1]).toBe(sign)
  expect(['>', '=', '<'][Math.sign(compareVersions(b, a)) + 1]).toBe(sign)
})

it.each([
  ["__version__ = '2.13.0+cpu'\ncuda: Optional[str] = None\nhip: Optional[str] = None\n", 'cpu'],
  ["cuda: Optional[str] = '13.0'\nhip: Optional[str] = None\n", 'cu130'],
  ["cuda = '12.8'\nhip = None\n", 'cu128'],
  ["cuda: Optional[str] = None\nhip: Optional[str] = '6.4.43482-0f2d60242'\n", 'rocm6.4'],
  ["__version__ = '2.13.0'\n", null],
])('what torch says of its build: %j', (text, build) => {
  expect(parseTorchVersion(text)).toBe(build)
})

test('the tested versions are those that the locks are made from', () => {
  const read = (name: string) => readFileSync(join(packageRoot, 'python/requirements', name), 'utf8')
  const pinned = Object.fromEntries(
    [
      ...['builtin.in', 'diffusers.in', 'bitsandbytes.in']
        .map(read)
        .join('\n')
        .matchAll(/^([\w-]+)==(\S+)$/gm),
    ].map(([, name, version]) => [name!.toLowerCase().replaceAll('_', '-'), version]),
  )
  expect(pinned).toMatchObject({ ...TESTED_PACKAGES, ...TESTED_FOR_DIFFUSERS, ...TESTED_EXTRAS })
})
