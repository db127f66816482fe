/** Renders a histogram as an SVG figure with axes, with its key figures in words, and as a table. */
import { formatCount } from '../../words.ts'
import { escapeHtml } from './html.ts'
import { niceWidth, type Bar, type Histogram } from './histogram.ts'

export interface Chart {
  readonly title: string
  /** Label of the x axis: `head turned, degrees`. */
  readonly axis: string
  /** Unit after a value: `°`, ` px`, ` words`. */
  readonly unit: string
  /** What is counted, in plural: `faces`. */
  readonly counted: string
  /** True for whole numbers: a bar from 10 to 12 then holds 10 and 11. */
  readonly isWhole?: boolean
  readonly histogram: Histogram
  /** A value that is marked with a line. */
  readonly marker?: { readonly value: number; readonly label: string }
  /** One sentence that explains how to read the histogram. */
  readonly hint?: string
}

// Size and margins in SVG units; the page scales the drawing.
const WIDTH = 360
const HEIGHT = 196
const LEFT = 44
const RIGHT = 338
const TOP = 24
const BOTTOM = 146

export function renderHistogram(chart: Chart): string {
  const { title, histogram, unit, hint } = chart
  const value = (of: number): string => `${formatValue(of)}${unit}`
  const words =
    `n = ${formatCount(histogram.n)}, median ${value(histogram.median)}, ` +
    `from ${formatValue(histogram.least)} to ${value(histogram.most)}`
  return (
    `<figure class="chart"><figcaption><h3>${escapeHtml(title)}</h3></figcaption>` +
    renderSvg(chart, `${title}: ${words}`) +
    `<p class="numbers">${words}.${describeRest(chart)}</p>${hint === undefined ? '' : `<p class="hint">${escapeHtml(hint)}</p>`}` +
    `${renderTable(chart)}</figure>`
  )
}

function renderSvg(chart: Chart, label: string): string {
  const { histogram, axis, counted } = chart
  const { bars } = histogram
  const x = scaleX(bars)
  const highest = Math.max(...bars.map(({ count }) => count))
  const tick = niceWidth(highest / 4, 1)
  const top = Math.ceil(highest / tick) * tick
  const y = (count: number): number => BOTTOM - ((BOTTOM - TOP) * count) / top
  const parts = [
    ...steps(top, tick).map((count) => renderTick(count, y(count))),
    ...bars.map((bar, index) => renderBar(bar, index, { chart, x, y })),
    renderLabels(bars, x),
    renderMedian(chart, x),
    chart.marker ? renderMarker(chart.marker, bars, x) : '',
    `<text class="axis" x="${(LEFT + RIGHT) / 2}" y="${HEIGHT - 6}" text-anchor="middle">${escapeHtml(axis)}</text>`,
    `<text class="axis" x="4" y="14">${escapeHtml(counted)}</text>`,
  ]
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(label)}">${parts.join('')}</svg>`
}

type Scale = (value: number) => number

/** Maps a value to an x coordinate. An open last bar is drawn as wide as the others. */
function scaleX(bars: readonly Bar[]): Scale {
  const first = bars[0]!
  const width = widthOf(bars)
  return (value) => round(LEFT + ((RIGHT - LEFT) * (value - first.from)) / (width * bars.length))
}

function widthOf(bars: readonly Bar[]): number {
  const closed = bars.find(({ to }) => to !== Infinity)
  return closed ? closed.to - closed.from : 1
}

function steps(top: number, tick: number): number[] {
  return Array.from({ length: Math.round(top / tick) + 1 }, (_, index) => index * tick)
}

function renderTick(count: number, y: number): string {
  return (
    `<path class="grid" d="M${LEFT} ${round(y)}H${RIGHT}"/>` +
    `<text x="${LEFT - 6}" y="${round(y + 4)}" text-anchor="end">${formatCount(count)}</text>`
  )
}

interface Place {
  readonly chart: Chart
  readonly x: Scale
  readonly y: Scale
}

function renderBar(bar: Bar, index: number, { chart, x, y }: Place): string {
  const { bars } = chart.histogram
  const from = LEFT + ((RIGHT - LEFT) * index) / bars.length
  const width = Math.min((RIGHT - LEFT) / bars.length, x(bar.from + widthOf(bars)) - x(bar.from))
  const gap = Math.min(1, width / 8)
  const look = bar.to === Infinity ? 'bar open' : 'bar'
  const place = `x="${round(from + gap)}" y="${round(y(bar.count))}" width="${round(width - 2 * gap)}" height="${round(BOTTOM - y(bar.count))}"`
  return `<rect class="${look}" data-count="${bar.count}" ${place}><title>${formatRange(bar, chart)}: ${formatCount(bar.count)} ${escapeHtml(chart.counted)}</title></rect>`
}

/** Labels the bars' edges, as many as there is room for. */
function renderLabels(bars: readonly Bar[], x: Scale): string {
  const width = widthOf(bars)
  const edges = [...bars.map(({ from }) => from), ...(bars.at(-1)!.to === Infinity ? [] : [bars.at(-1)!.to])]
  const widest = Math.max(...edges.map((edge) => formatValue(edge).length)) * 7 + 10
  const every = Math.max(1, Math.ceil(widest / (x(edges[0]! + width) - x(edges[0]!))))
  const round = edges.findIndex(
    (edge) => Math.abs(edge / (width * every) - Math.round(edge / (width * every))) < 1e-9,
  )
  const shown = edges.filter(
    (_, index) => index >= Math.max(0, round) && (index - Math.max(0, round)) % every === 0,
  )
  return shown
    .map((edge) => `<text x="${x(edge)}" y="${BOTTOM + 16}" text-anchor="middle">${formatValue(edge)}</text>`)
    .join('')
}

/** A whole number stands for the interval up to the next one, so the line is drawn in its middle. */
function renderMedian({ histogram: { median, bars }, isWhole = false }: Chart, x: Scale): string {
  const at = x(Math.min(median + (isWhole ? 0.5 : 0), bars.at(-1)!.from))
  return `<path class="median" d="M${at} ${TOP - 6}V${BOTTOM}"/>${renderFlag('median', at)}`
}

function renderMarker(
  { value, label }: NonNullable<Chart['marker']>,
  bars: readonly Bar[],
  x: Scale,
): string {
  const last = bars.at(-1)!
  if (value <= bars[0]!.from || value > Math.min(last.to, last.from + widthOf(bars))) return ''
  const at = x(value)
  return `<path class="marker" d="M${at} ${TOP - 6}V${BOTTOM}"><title>${escapeHtml(label)}</title></path>`
}

/** Writes the text beside the line, on the side that has room. */
function renderFlag(text: string, at: number): string {
  const right = at > RIGHT - 60
  return `<text class="flag" x="${right ? at - 4 : at + 4}" y="14" text-anchor="${right ? 'end' : 'start'}">${text}</text>`
}

function describeRest({ histogram, unit, counted }: Chart): string {
  const { from, to, count } = histogram.bars.at(-1)!
  if (to !== Infinity) return ''
  return ` The lighter bar collects the outliers: ${formatCount(count)} ${escapeHtml(count === 1 ? counted.replace(/s$/, '') : counted)} from ${formatValue(from)}${unit} on.`
}

function renderTable(chart: Chart): string {
  const { title, axis, counted, histogram } = chart
  const rows = histogram.bars
    .filter(({ count }) => count > 0)
    .map(
      (bar) => `<tr><th scope="row">${formatRange(bar, chart)}</th><td>${formatCount(bar.count)}</td></tr>`,
    )
  return (
    `<details><summary>${escapeHtml(title)} as a table</summary><table><thead><tr><th scope="col">${escapeHtml(axis)}</th>` +
    `<th scope="col">${escapeHtml(counted)}</th></tr></thead><tbody>${rows.join('')}</tbody></table></details>`
  )
}

function formatRange({ from, to }: Bar, { unit, isWhole = false }: Chart): string {
  if (to === Infinity) return `${formatValue(from)}${unit} and more`
  const last = isWhole ? to - 1 : to
  return last === from ? `${formatValue(from)}${unit}` : `${formatValue(from)} to ${formatValue(last)}${unit}`
}

function formatValue(value: number): string {
  const rounded = Math.round(value * 100) / 100
  const [whole = '0', fraction] = String(Math.abs(rounded)).split('.')
  const digits = formatCount(Number(whole)) + (fraction === undefined ? '' : `.${fraction}`)
  return rounded < 0 ? `−${digits}` : digits
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
