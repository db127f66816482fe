import { expect, test } from 'vitest'
import {
  formatFaceSet,
  formatFacesFolder,
  formatGeneratedName,
  type GeneratedFaces,
} from '../../../src/generated-faces/generated-source.ts'

const PLAIN: GeneratedFaces = { count: 48, size: 128, kind: 'plain' }

test.each<[GeneratedFaces, string, string]>([
  [48, 'generated-faces-1-1-48', '48'],
  [{ count: 48, size: 512, kind: 'varied' }, 'generated-faces-1-1-48', '48'],
  [PLAIN, 'generated-faces-1-1-48-128-plain', '48 plain 128-pixel'],
])('%j is %s', (given, name, words) => {
  expect([formatGeneratedName(given), formatFaceSet(given)]).toEqual([name, words])
})

test('their folder is not that of a kit whose faces have no captions', () => {
  expect(formatFacesFolder(48)).toBe('generated-faces-1-1-48-captioned')
})
