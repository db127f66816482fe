import { describe, expect, test } from 'vitest'
import {
  findTooManyRejects,
  formatSummary,
  type AnnotationSummary,
} from '../../../../src/dataset/annotations/annotation-summary.ts'
import { formatShardName } from '../../../../src/formats/parquet/parquet-rows.ts'
import { formatRejectCounts, REJECT_CODES } from '../../../../src/dataset/annotations/rejects.ts'
import { findSourceProblem } from '../../../../src/dataset/sources/source-problem.ts'
import type { SourceFact } from '../../../../src/types.ts'

const summary: AnnotationSummary = {
  annotator: { name: 'embedded', identity: 'embedded 1' },
  pictures: 1204,
  kept: 1163,
  rejected: { unreadable: 2, duplicate: 6, 'no-face': 22, 'too-small': 11 },
  examples: ['a.jpg: not a picture', 'b.jpg: no face was found'],
  captions: { longest: 9, limit: 77, over_limit: 0, counted: 'exact' },
  accuracy: null,
}

const list = 'dataset/annotations.ndjson'

describe('the closing line of annotate', () => {
  test.each<[Partial<AnnotationSummary>, string]>([
    [{}, '1,163 faces; 41 rejected: 22 no face, 11 too small, 6 duplicates, 2 unreadable'],
    [{ kept: 1, rejected: { duplicate: 1 } }, '1 face; 1 rejected: 1 duplicate'],
    [
      { rejected: {}, accuracy: { found: 60, of: 64, errorPercent: 4.26 } },
      '1,163 faces; landmark error 4.3 % of the eye distance',
    ],
    [
      { captions: { ...summary.captions, over_limit: 3 } },
      '1,163 faces; 41 rejected: 22 no face, 11 too small, 6 duplicates, 2 unreadable; 3 captions with more than 77 tokens',
    ],
  ])('%j', (change, line) => {
    expect(formatSummary({ ...summary, ...change })).toBe(line)
  })
})

describe('too many rejects', () => {
  test.each([
    ['20%', null],
    ['2.93%', null],
    ['2.9 %', 'dataset.max_rejects allows 2.9 %'],
    ['0%', 'dataset.max_rejects allows 0%'],
  ])('35 of 1,198 that are no duplicates, with %s', (share, part) => {
    const problem = findTooManyRejects(summary, { maxRejects: share, list })
    if (part === null) expect(problem).toBeNull()
    else expect(problem!.message).toContain(part)
  })

  test('says how many, why, and what to do', () => {
    expect(findTooManyRejects({ ...summary, pictures: 100 }, { maxRejects: '20%', list })).toEqual({
      message:
        "35 of 94 pictures (37 %) can't be used, and dataset.max_rejects allows 20%: 22 no face, 11 too small, 2 unreadable.",
      hint: 'Use pictures in which faces are upright and well visible; use larger pictures, or a smaller dataset.resolution; or raise dataset.max_rejects. Some of them: a.jpg: not a picture; b.jpg: no face was found. dataset/annotations.ndjson lists them all.',
    })
  })

  test('none left is an error whatever the share', () => {
    const problem = findTooManyRejects(
      { ...summary, pictures: 2, kept: 0, rejected: { 'no-face': 2 } },
      { maxRejects: '100%', list },
    )
    expect(problem!.message).toContain('none is left')
    expect(problem!.hint).toBe(
      'Use pictures in which faces are upright and well visible. a.jpg: not a picture; b.jpg: no face was found.',
    )
  })
})

test('every reason has a phrase', () => {
  for (const code of REJECT_CODES) expect(formatRejectCounts({ [code]: 2 })).toMatch(/^2 [a-z]/)
})

test.each([
  ['train', 0, 1, 'train-00000-of-00001.parquet'],
  ['validation', 61, 63, 'validation-00061-of-00063.parquet'],
])('formatShardName(%s, %i, %i)', (split, index, count, name) => {
  expect(formatShardName(split, index, count)).toBe(name)
})

describe('a source without pictures', () => {
  const source: SourceFact = {
    kind: 'folder',
    given: './photos',
    exists: true,
    revision: null,
    pictures: 0,
    folders: 0,
    bytes: 0,
    digest: '',
    others: { '.heic': 2, '.txt': 1 },
    unread: { '.heic': 2 },
  }

  test.each<[string, Partial<SourceFact>, object | null]>([
    ['with pictures', { pictures: 1 }, null],
    [
      'with HEIC',
      {},
      {
        code: 'no-pictures',
        found: 'photos/ has no pictures',
        expected: '.jpg .png .webp .avif .tiff, found 3 other files (.heic, .txt)',
        remedy: "HEIC can't be read here: export as JPEG first.",
      },
    ],
    [
      'with pictures of other kinds',
      { others: { '.bmp': 2 }, unread: { '.bmp': 2 } },
      { remedy: "Pictures of these kinds can't be read here: export them as JPEG or PNG first." },
    ],
    ['empty', { others: {}, unread: {} }, { expected: '.jpg .png .webp .avif .tiff, found nothing' }],
    [
      'missing',
      { exists: false, given: '/data/faces/' },
      { code: 'source-missing', found: 'There is no /data/faces/' },
    ],
  ])('%s', (_, change, problem) => {
    const found = findSourceProblem({ ...source, ...change })
    if (problem === null) expect(found).toBeNull()
    else expect(found).toMatchObject(problem)
  })
})
