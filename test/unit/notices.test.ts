import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../../src/tools/package-root.ts'

const read = (path: string): string => readFileSync(join(packageRoot, path), 'utf8')
const manifest = JSON.parse(read('package.json')) as Record<
  'dependencies' | 'optionalDependencies',
  Record<string, string>
>
const dependencies = Object.entries({ ...manifest.dependencies, ...manifest.optionalDependencies })

test('there are dependencies to look at', () => expect(dependencies.length).toBeGreaterThan(2))

test.each(dependencies)('the notices name %s %s with its licence', (name, version) => {
  const row = read('THIRD_PARTY_NOTICES.md')
    .split('\n')
    .find((line) => line.startsWith(`| ${name} `))
  const { license } = JSON.parse(read(`node_modules/${name}/package.json`)) as { license: string }
  expect(row).toContain(`| ${version} |`)
  expect(row).toContain(license)
})

test('the licence of the kit is the one that package.json names', () => {
  expect(read('LICENSE')).toContain('Apache License')
  expect(read('LICENSE')).toContain('controlnet-kit contributors')
  expect(manifest).toMatchObject({ license: 'Apache-2.0' })
})
