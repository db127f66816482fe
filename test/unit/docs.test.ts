/** Links between the pages of the documentation, and the order of the glossary. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../../src/tools/package-root.ts'

const read = (page: string): string => readFileSync(join(packageRoot, page), 'utf8')

const docs = readdirSync(join(packageRoot, 'docs'), { recursive: true, encoding: 'utf8' })
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...docs.filter((file) => file.endsWith('.md')).map((file) => join('docs', file)),
]

/** Link targets that are no web addresses. Examples of code don't count. */
function listLinks(page: string): string[] {
  const text = read(page).replace(/```[^]*?```/g, '')
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => target!)
    .filter((target) => !/^https?:/.test(target))
}

/** Anchors of a page's headings, as GitHub makes them. */
function listAnchors(page: string): string[] {
  return [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

const links = pages.flatMap((page) => listLinks(page).map((target) => [page, target] as const))

test('there are pages and links to check', () => {
  expect(pages.length).toBeGreaterThan(20)
  expect(links.length).toBeGreaterThan(50)
})

test.each(links)('the link in %s to %s leads somewhere', (page, target) => {
  const [file = '', anchor] = target.split('#')
  const path = file === '' ? page : join(dirname(page), file)
  expect(existsSync(join(packageRoot, path)), path).toBe(true)
  if (anchor !== undefined) expect(listAnchors(path)).toContain(anchor)
})

const terms = [...read('docs/glossary.md').matchAll(/^\| (?!Term |---)([^|]+?) \|/gm)].map(
  ([, term]) => term!,
)

test('the glossary is in alphabetical order, each term once', () => {
  expect(terms.length).toBeGreaterThan(40)
  const sorted = [...new Set(terms)].sort((a, b) => a.localeCompare(b, 'en', { sensitivity: 'base' }))
  expect(terms).toEqual(sorted)
})

test.each(['README.md', 'CONTRIBUTING.md', 'docs/architecture.md'])('%s links to the glossary', (page) => {
  expect(listLinks(page).some((target) => target.endsWith('glossary.md'))).toBe(true)
})
