import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { ANYWHERE } from '../../../../src/next-step.ts'
import { configSchema } from '../../../../src/config/schema.ts'
import type { Annotation } from '../../../../src/dataset/annotations/annotation.ts'
import type { Manifest } from '../../../../src/dataset/manifest.ts'
import type { PreviewContent } from '../../../../src/pages/dataset-preview/preview-content.ts'
import { formatPreviewPage } from '../../../../src/pages/dataset-preview/preview-page.ts'
import { PreviewStatistics } from '../../../../src/pages/dataset-preview/preview-statistics.ts'
import type { PreviewSample } from '../../../../src/pages/dataset-preview/samples-section.ts'
import { countRejects, REJECT_CODES, type RejectCode } from '../../../../src/dataset/annotations/rejects.ts'

const config = configSchema.parse({
  version: 1,
  name: 'faces',
  dataset: { source: { folder: '/home/me/photos' } },
})

const manifest = {
  kit_version: '0.1.0',
  train: 1147,
  validation: 16,
  resolution: 512,
  annotator: { name: 'embedded', identity: 'embedded 1' },
  rejected: {},
  enlarged: 0,
  shards: [{ bytes: 388_000_000 }],
} as unknown as Manifest

const sample: PreviewSample = {
  id: 'a/b',
  caption: 'a person',
  isHeldOut: false,
  image: 'data:image/webp;base64,AA',
  overlay: 'data:image/webp;base64,BB',
  conditioning: 'data:image/webp;base64,CC',
}

function kept(id: string, more: object = {}): Annotation {
  const face = { box: [10, 10, 200, 220], score: 1, landmarks: [] } as const
  const row = {
    id,
    source: `${id}.png`,
    sha256: '',
    rejected: null,
    size: [1024, 768],
    face,
    crop: [0, 0, 440],
  } as const
  return { ...row, caption: null, conditioning: null, ...more }
}

function rejected(id: string, code: RejectCode, message: string = code): Annotation {
  const row = {
    id,
    source: `${id}.png`,
    sha256: '',
    rejected: { code, message },
    size: null,
    face: null,
    crop: null,
  }
  return { ...row, caption: null, conditioning: null }
}

interface Change extends Partial<Omit<PreviewContent, 'statistics'>> {
  readonly annotations?: readonly Annotation[]
}

function formatPage({ annotations = [kept('a')], ...change }: Change = {}): string {
  const statistics = new PreviewStatistics()
  for (const annotation of annotations) statistics.add(annotation)
  statistics.addCaption('a person')
  const rejects = countRejects(annotations.flatMap((each) => each.rejected ?? []))
  const content = { config, invocation: ANYWHERE, samples: [sample], thumbnails: new Map<string, string>() }
  return formatPreviewPage({
    ...content,
    manifest: { ...manifest, rejected: rejects },
    statistics,
    ...change,
  })
}

test('nothing runs, nothing is fetched, and only our own style counts', () => {
  const page = formatPage()
  const style = /<style>([^]*)<\/style>/.exec(page)![1]!
  const hash = createHash('sha256').update(style).digest('base64')
  expect(page).toContain(`default-src 'none'; img-src data:; style-src 'sha256-${hash}'`)
  expect(page).not.toMatch(/https?:|<script|<link|\sstyle=|\son\w+=/)
  expect(style).not.toMatch(/@import|url\(/)
})

test('names and captions are text, whatever they hold', () => {
  const evil = '<img src=x onerror=alert(1)>"\'&\u001b[31m\u202e'
  const page = formatPage({
    samples: [{ ...sample, id: evil, caption: evil }],
    annotations: [rejected(evil, 'no-face', evil)],
    config: { ...config, dataset: { ...config.dataset, captions: { template: evil, drop: 0 } } },
    invocation: { ...ANYWHERE, config: evil },
  })
  expect(page).not.toContain('<img src=x')
  // Id and its three alternative texts, caption, name (thrice with the list) and message of the reject, template.
  expect(
    page.match(/&lt;img src=x onerror=alert\(1\)&gt;&quot;&#39;&amp;‹U\+001B›\[31m‹U\+202E›/g)!.length,
  ).toBeGreaterThan(8)
})

test('the same rows give the same page, without the place of the pictures', () => {
  expect(formatPage()).toBe(formatPage())
  expect(formatPage()).not.toContain('/home/me')
})

test('a long caption is cut, and says so', () => {
  const page = formatPage({ samples: [{ ...sample, caption: 'x'.repeat(10_000) }] })
  expect(page).toContain(`${'x'.repeat(299)}…</bdi> <span class="dim">(cut here: 10,000 characters in all)`)
})

test('a sample without a face has two pictures; one that is held out says so', () => {
  const page = formatPage({ samples: [{ ...sample, overlay: null, isHeldOut: true, caption: '' }] })
  expect(page.match(/<img /g)).toHaveLength(2)
  expect(page).toContain('held out</span>')
  expect(page).toContain('empty caption')
})

describe('what was left out', () => {
  test('nothing', () => {
    expect(formatPage()).toContain('Nothing: every picture of the source is in the dataset.')
  })

  test('each reason with its remedy, the most frequent first', () => {
    const annotations = [
      ...REJECT_CODES.map((code) => rejected(code, code)),
      rejected('second', 'too-small', 'its crop is 80 px wide'),
    ]
    const page = formatPage({ annotations })
    const codes = [...page.matchAll(/<section class="reason" data-code="([^"]+)" data-count="(\d+)"/g)]
    expect(codes.map(([, code]) => code).sort()).toEqual([...REJECT_CODES].sort())
    expect(codes[0]!.slice(1)).toEqual(['too-small', '2'])
    expect(page.match(/What helps: [a-z]/g)).toHaveLength(REJECT_CODES.length)
    expect(page).toContain('its crop is 80 px wide')
  })

  test('of many a few pictures, 200 names and the number of the others', () => {
    const annotations = Array.from({ length: 1234 }, (_, index) => rejected(`p${index}`, 'no-face'))
    const thumbnails = new Map(annotations.map(({ source }) => [source, 'data:image/webp;base64,DD']))
    const page = formatPage({ annotations, thumbnails })
    expect(page.match(/alt="Left out: /g)).toHaveLength(12)
    expect(page).toContain('Left out: p0.png')
    expect(page).toContain('Left out: p1233.png')
    expect(page.match(/<th scope="row"><code>/g)).toHaveLength(200)
    expect(page).toContain('… and 1,034 more in <code>annotations.ndjson</code>')
  })
})

describe('figures', () => {
  test('what was not measured has none', () => {
    expect(formatPage()).not.toContain('<h3>Pose</h3>')
    const page = formatPage({ annotations: [kept('a', { pose: [12.3, 0, 0] })] })
    expect(page).toContain('Pose: n = 1, median 12.3°')
  })

  test('captions count in tokens where they are known of every row', () => {
    expect(formatPage()).toContain('median 2 words')
    expect(formatPage({ annotations: [kept('a', { caption_tokens: 9 })] })).toContain('median 9 tokens')
  })

  test('a picture with three faces is one picture and three rows', () => {
    const rows = ['a', 'a#2', 'a#3'].map((id) => kept(id, { source: 'a.png' }))
    const page = formatPage({ annotations: rows })
    expect(page).toContain('Picture size: n = 1, median 768 px')
    expect(page).toContain('Crop size: n = 3, median 440 px')
    expect(page).toContain('Face size: n = 3, median 220 px')
  })
})

describe('warnings and next steps', () => {
  test.each([
    [{ enlarged: 12 }, 'Enlarged: 12 of 1,163 pictures'],
    [
      { validation: 3 },
      'Held out: 3 of the 16 rows asked for: rows of one picture, and pictures that repeat each other, stay together.',
    ],
    [{ train: 40 }, '40 training rows are few'],
    [
      { captions: { limit: 77, over_limit: 5, counted: 'estimated' } },
      'About 5 of 1,163 captions are longer than the 77 tokens',
    ],
  ])('%j', (change, words) => {
    expect(formatPage({ manifest: { ...manifest, ...change } as Manifest })).toContain(words)
  })

  test('none without a reason', () => expect(formatPage()).not.toContain('Worth a look'))

  test('the commands name the config where it is not the usual one', () => {
    expect(formatPage()).toContain('<code>npx controlnet-kit train</code>')
    expect(formatPage({ invocation: { ...ANYWHERE, config: 'my face.yaml' } })).toContain(
      '<code>npx controlnet-kit train &#39;my face.yaml&#39;</code>',
    )
  })
})

test('a hundred thousand rows: the page stays small, and what is kept for it too', () => {
  const statistics = new PreviewStatistics()
  const codes = REJECT_CODES
  for (let index = 0; index < 100_000; index++) {
    const annotation =
      index % 3 === 0
        ? rejected(`r${index}`, codes[index % codes.length]!, 'm'.repeat(5000))
        : kept(`k${index}`, { size: [500 + (index % 4000), 700], crop: [0, 0, index % 3000] })
    statistics.add(annotation)
    statistics.addCaption('word '.repeat(index % 90))
  }
  const total = statistics
    .groups()
    .reduce((sum, { count, samples }) => (expect(samples.length).toBe(12), sum + count), 0)
  expect(total).toBe(33_334)
  expect(statistics.listed).toHaveLength(200)
  const page = formatPreviewPage({
    config,
    invocation: ANYWHERE,
    manifest,
    statistics,
    samples: Array<PreviewSample>(24).fill(sample),
    thumbnails: new Map(),
  })
  expect(page.length).toBeLessThan(300_000)
})
