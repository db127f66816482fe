/** `preview.html` of a really prepared dataset in a real browser, as somebody sees it who opens it from the disk. */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Manifest } from '../../src/dataset/manifest.ts'
import { packageRoot } from '../../src/tools/package-root.ts'
import { launchBrowser } from './browser.ts'
import { findContrastProblems, readCharts, readHeadings, readNames } from './page-facts.ts'
import { EMOJI_NAME, HOSTILE_NAMES, writePeoplePictures } from './people-pictures.ts'

const FACES = 6
const CONFIG = `version: 1
name: people
dataset:
  source: { folder: ./photos }
  captions: { sidecar: .txt }
  faces: all
  validation: { count: 3 }
  filters: { duplicates: exact, cut_faces: keep, max_pose: 180 }
  max_rejects: 80%
`

let folder: string
let browser: Browser
let manifest: Manifest
/** What went wrong in the pages of a test. */
const complaints: string[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnk-preview-'))
  await mkdir(join(folder, 'photos'))
  await writePeoplePictures(join(folder, 'photos'), FACES)
  await writeFile(join(folder, 'controlnet.yaml'), CONFIG)
  const main = join(packageRoot, 'dist', 'start.cjs')
  await promisify(execFile)(process.execPath, [main, 'prepare', '--quiet'], { cwd: folder })
  manifest = JSON.parse(await readFile(join(folder, 'dataset', 'manifest.json'), 'utf8')) as Manifest
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
  await rm(folder, { recursive: true, force: true })
})
afterEach(() => {
  expect(complaints.splice(0)).toEqual([])
})

/** Errors, refused content, dialogs and requests (the network is off) are complaints. */
async function openPreview(options: BrowserContextOptions = {}): Promise<Page> {
  const url = pathToFileURL(join(folder, 'dataset', 'preview.html')).href
  const context = await browser.newContext({
    offline: true,
    viewport: { width: 1280, height: 900 },
    ...options,
  })
  const page = await context.newPage()
  page.on('console', (message) => complaints.push(`console: ${message.text()}`))
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`))
  page.on('dialog', (dialog) => complaints.push(`dialog: ${dialog.message()}`))
  page.on('request', (request) => {
    if (request.url() !== url && !request.url().startsWith('data:'))
      complaints.push(`request: ${request.url()}`)
  })
  await page.goto(url)
  return page
}

/** For looking at: into the folder that CNK_SCREENSHOTS names, if it does. */
async function takePicture(page: Page, name: string): Promise<void> {
  const place = process.env['CNK_SCREENSHOTS']
  if (place) await page.screenshot({ path: join(place, `${name}.png`), fullPage: true })
}

test('there is something to look at', () => {
  expect(manifest.train + manifest.validation).toBeGreaterThanOrEqual(FACES)
  expect(Object.keys(manifest.rejected).sort()).toEqual(['duplicate', 'no-face', 'too-small', 'unreadable'])
})

describe('on a desktop', () => {
  let page: Page
  beforeAll(async () => (page = await openPreview()))
  afterAll(() => page.context().close())

  test('one title, sections in order, no level left out', async () => {
    const headings = await readHeadings(page)
    expect(headings.filter(({ level }) => level === 1)).toEqual([{ level: 1, text: 'people' }])
    expect(headings.filter(({ level }) => level === 2).map(({ text }) => text)).toEqual([
      'Worth a look',
      'What to do next',
      'Samples',
      'How the pictures are spread',
      'Left out',
      'Settings',
    ])
    for (const [index, { level }] of headings.slice(1).entries())
      expect(level).toBeLessThanOrEqual(headings[index]!.level + 1)
    await takePicture(page, 'desktop')
  })

  test('the counts are those of the manifest', async () => {
    const count = (key: string): Promise<string> => page.locator(`.counts [data-count="${key}"]`).innerText()
    const rejected = Object.values(manifest.rejected).reduce((sum, each) => sum + each, 0)
    expect(await count('train')).toBe(String(manifest.train))
    expect(await count('validation')).toBe(String(manifest.validation))
    expect(await count('rejected')).toBe(String(rejected))
    const groups = await page
      .locator('.reason')
      .evaluateAll((all) => all.map((each) => [each.dataset['code'], Number(each.dataset['count'])]))
    expect(Object.fromEntries(groups)).toEqual(manifest.rejected)
    expect(await page.locator('#rejects tbody tr').count()).toBe(rejected)
    expect(await page.locator('.gallery li').count()).toBe(rejected)
  })

  test('every picture decodes and says what it is', async () => {
    const images = await page.locator('img').evaluateAll((all) =>
      (all as HTMLImageElement[]).map(({ complete, naturalWidth, alt }) => ({
        complete,
        naturalWidth,
        alt,
      })),
    )
    const samples = await page.locator('.samples figure').count()
    expect(samples).toBe(Math.min(24, manifest.train + manifest.validation))
    // Image, landmarks and conditioning image of each sample; rejected pictures but for the unreadable ones.
    const { unreadable = 0, ...shown } = manifest.rejected
    expect(unreadable).toBe(2)
    const thumbnails = Object.values(shown).reduce((sum, each) => sum + each, 0)
    expect(images).toHaveLength(samples * 3 + thumbnails)
    for (const { complete, naturalWidth, alt } of images) {
      expect(complete && naturalWidth > 0).toBe(true)
      expect(alt).toMatch(/^(Picture|Landmarks on|Conditioning image of|Left out:) \S/)
    }
  })

  test('the bars of each histogram add up to its n', async () => {
    const charts = await readCharts(page)
    const rows = manifest.train + manifest.validation
    expect(charts.map(({ title }) => title)).toEqual(
      expect.arrayContaining(['Face size', 'Crop size', 'Picture size', 'Caption length']),
    )
    for (const { title, bars, table, words, label } of charts) {
      const n = Number(/^n = (\d+), median −?[\d,.]+/.exec(words)?.[1])
      expect(bars.reduce((sum, count) => sum + count, 0)).toBe(n)
      expect(table.reduce((sum, count) => sum + count, 0)).toBe(n)
      if (title !== 'Picture size') expect(n).toBe(rows)
      expect(label).toContain(`${title}: n = ${n}`)
    }
  })

  test('names and captions are text, whatever they hold', async () => {
    const text = await page.locator('body').innerText()
    expect(text).toContain(HOSTILE_NAMES[0])
    expect(text).toContain(HOSTILE_NAMES[1])
    expect(text).toContain('evil‹U+202E›gnp.exe.png')
    expect(text).toContain('ring‹U+0007› ‹U+001B›[31mred.png')
    expect(text).toContain('again/<b>bold&amp;/copy.png')
    expect(text).toContain(EMOJI_NAME)
    expect(text).toContain('</script><script>alert(3)</script>')
    expect(text).toMatch(/… \(cut here: 10,204 characters in all\)/)
    expect(await page.locator('script, iframe, object, embed, link, [onerror], [style]').count()).toBe(0)
    const html = await readFile(join(folder, 'dataset', 'preview.html'), 'utf8')
    expect(html).not.toContain(folder)
    expect(html).not.toMatch(/https?:/)
    expect(html.length).toBeLessThan(4e6)
  })

  test('says what to do next', async () => {
    const steps = await page.locator('#next li').allInnerTexts()
    expect(steps.join('\n')).toContain('controlnet-kit plan')
    expect(steps.join('\n')).toContain('controlnet-kit train')
  })

  test('tables, figures and landmarks have names', async () => {
    expect(await readNames(page)).toEqual({ unnamed: [], repeatedIds: [], brokenLinks: [] })
    expect(await page.locator('html').getAttribute('lang')).toBe('en')
    expect(await page.locator('header, main, nav[aria-label]').count()).toBe(3)
  })

  test('goes by keyboard', async () => {
    const links = await page.locator('a, summary').count()
    const reached = new Set<string>()
    for (let index = 0; index < links; index++) {
      await page.keyboard.press('Tab')
      const { name, outline } = await page.evaluate(() => {
        const active = document.activeElement as HTMLElement
        return { name: active.innerText, outline: getComputedStyle(active).outlineStyle }
      })
      expect(outline).toBe('solid')
      reached.add(name)
    }
    expect(reached).toContain('Samples')
    expect(reached).toContain('Crop size as a table')
    await page.keyboard.press('Enter')
    expect(await page.locator('details[open]').count()).toBe(1)
  })
})

test.each(['light', 'dark'] as const)('%s: every word stands out from its ground', async (colorScheme) => {
  const page = await openPreview({ colorScheme })
  await page.locator('summary').first().click()
  const { texts, problems } = await findContrastProblems(page)
  expect(texts).toBeGreaterThan(100)
  expect(problems).toEqual([])
  await takePicture(page, colorScheme)
  await page.context().close()
})

test.each([320, 360, 768])('at %i pixels nothing reaches beyond the edge', async (width) => {
  const page = await openPreview({ viewport: { width, height: 740 } })
  for (const summary of await page.locator('summary').all()) await summary.click()
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width)
  const wide = await page
    .locator('body *:not(svg *)')
    .evaluateAll(
      (all, room) => all.filter((each) => each.getBoundingClientRect().right > room + 0.5).length,
      width,
    )
  expect(wide).toBe(0)
  await takePicture(page, `phone-${width}`)
  await page.context().close()
})

test('needs no script', async () => {
  const page = await openPreview({ javaScriptEnabled: false })
  expect(await page.locator('h1').innerText()).toBe('people')
  await page.context().close()
})

test('prints: light, without navigation, pictures whole', async () => {
  const page = await openPreview({ colorScheme: 'dark' })
  await page.emulateMedia({ media: 'print' })
  expect(await page.locator('nav').isVisible()).toBe(false)
  expect((await findContrastProblems(page)).problems).toEqual([])
  expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe(
    'rgb(255, 255, 255)',
  )
  expect((await page.pdf({ format: 'A4' })).length).toBeGreaterThan(50_000)
  await page.context().close()
})
