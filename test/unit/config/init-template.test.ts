import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { renderInitTemplate } from '../../../src/config/init-template.ts'
import { configSchema } from '../../../src/config/schema.ts'

const read = (folderName: string) => configSchema.parse(parse(renderInitTemplate({ folderName })))

test('what init writes is a valid config that says nothing but the defaults', () => {
  const written = read('faces')
  const shortest = configSchema.parse({
    version: 1,
    name: 'faces',
    dataset: { source: { folder: './photos' } },
  })
  expect(written).toEqual(shortest)
})

test.each([
  ['faces', 'faces'],
  ['Faces of 2026!', 'faces-of-2026'],
  ['Gesichter_für Zoë', 'gesichter-fur-zoe'],
  ['写真', 'my-controlnet'],
  ['-', 'my-controlnet'],
  ['', 'my-controlnet'],
  ['x'.repeat(100), 'x'.repeat(63)],
])('the folder %j gives the name %s', (folderName, name) => {
  expect(read(folderName).name).toBe(name)
})

test.each(['2026', '1e5', '0x1f', 'true', 'null'])('the name %s stays a text in YAML', (name) => {
  expect(read(name).name).toBe(name)
})

test('it is short and fits a terminal', () => {
  const lines = renderInitTemplate({ folderName: 'faces' }).split('\n')
  expect(lines.length).toBeLessThan(35)
  expect(lines.filter((line) => line.length > 105)).toEqual([])
})
