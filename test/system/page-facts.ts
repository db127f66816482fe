/** What a page holds, read in the browser. Each function runs there, so it can't use anything of this file. */
import type { Page } from 'playwright-core'

export function readHeadings(page: Page): Promise<{ level: number; text: string }[]> {
  return page
    .locator('h1, h2, h3, h4')
    .evaluateAll((all) =>
      all.map((each) => ({ level: Number(each.tagName[1]), text: (each as HTMLElement).innerText })),
    )
}

interface ChartFacts {
  readonly title: string
  readonly bars: number[]
  readonly table: number[]
  readonly words: string
  readonly label: string
}

export function readCharts(page: Page): Promise<ChartFacts[]> {
  return page.locator('.chart').evaluateAll((all) => {
    const count = (text: string | null): number => Number((text ?? '').replaceAll(',', ''))
    return all.map((chart) => ({
      title: chart.querySelector('h3')!.innerText,
      bars: [...chart.querySelectorAll<SVGElement>('rect')].map((bar) => Number(bar.dataset['count'])),
      table: [...chart.querySelectorAll('tbody td')].map((cell) => count(cell.textContent)),
      words: chart.querySelector<HTMLElement>('.numbers')!.innerText,
      label: chart.querySelector('svg[role=img]')!.getAttribute('aria-label')!,
    }))
  })
}

interface NameFacts {
  readonly unnamed: string[]
  readonly repeatedIds: string[]
  readonly brokenLinks: string[]
}

/** What a screen reader would have no words for. */
export function readNames(page: Page): Promise<NameFacts> {
  return page.evaluate(() => {
    const all = (selector: string): Element[] => [...document.querySelectorAll(selector)]
    const unnamed = [
      ...all('img:not([alt]), img[alt=""], svg:not([role=img][aria-label])'),
      ...all('th:not([scope])'),
      ...all('table').filter(
        (table) =>
          !(table as HTMLTableElement).caption && !table.closest('details')?.querySelector('summary'),
      ),
      ...all('a, summary').filter((each) => each.textContent.trim() === ''),
    ].map((each) => each.outerHTML.slice(0, 80))
    const ids = all('[id]').map(({ id }) => id)
    const links = all('a').map((each) => each.getAttribute('href')!)
    return {
      unnamed,
      repeatedIds: ids.filter((id, index) => ids.indexOf(id) !== index),
      brokenLinks: links.filter((href) => !document.querySelector(href)),
    }
  })
}

/** Texts whose contrast to what is behind them is below WCAG's 4.5. */
export function findContrastProblems(page: Page): Promise<{ texts: number; problems: string[] }> {
  return page.evaluate(() => {
    const parse = (colour: string): number[] => (/[\d., ]+/.exec(colour)?.[0] ?? '').split(',').map(Number)
    const luminance = (rgb: number[]): number => {
      const [r, g, b] = rgb.map((value) => {
        const share = value / 255
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
      })
      return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!
    }
    const groundOf = (element: Element | null): number[] => {
      if (element === null) return [255, 255, 255]
      const colour = parse(getComputedStyle(element).backgroundColor)
      return colour[3] === 0 ? groundOf(element.parentElement) : colour.slice(0, 3)
    }
    const hasText = (element: Element): boolean =>
      [...element.childNodes].some(
        (node) => node.nodeType === Node.TEXT_NODE && node.textContent!.trim() !== '',
      )
    const visible = [...document.body.querySelectorAll('*')].filter(
      (element) => hasText(element) && element.tagName !== 'title' && element.getClientRects().length > 0,
    )
    const problems = visible.flatMap((element) => {
      const style = getComputedStyle(element)
      const words = parse(element instanceof SVGElement ? style.fill : style.color).slice(0, 3)
      const [low, high] = [luminance(words), luminance(groundOf(element))].sort((a, b) => a - b)
      const contrast = (high! + 0.05) / (low! + 0.05)
      return contrast >= 4.5 ? [] : [`${contrast.toFixed(2)} ${element.outerHTML.slice(0, 80)}`]
    })
    return { texts: visible.length, problems }
  })
}
