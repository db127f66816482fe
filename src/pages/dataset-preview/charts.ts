/** Renders the histograms of the page; leaves out those without values. */
import type { Manifest } from '../../dataset/manifest.ts'
import { renderHistogram, type Chart } from './histogram-svg.ts'
import type { Histogram } from './histogram.ts'
import type { PreviewStatistics } from './preview-statistics.ts'

export function formatCharts(statistics: PreviewStatistics, { resolution }: Manifest): string {
  const charts: readonly (readonly [Histogram | null, Omit<Chart, 'histogram'>])[] = [
    [statistics.yaw.plan(), YAW],
    [statistics.face.plan(), FACE],
    [statistics.crop.plan(), planCropChart(resolution)],
    [statistics.picture.plan(), PICTURE],
    planCaptionChart(statistics),
  ]
  const shown = charts.flatMap(([histogram, chart]) =>
    histogram ? [renderHistogram({ ...chart, histogram })] : [],
  )
  return `<div class="charts">\n${shown.join('\n')}\n</div>`
}

const YAW = {
  title: 'Pose',
  axis: 'nose to the left (−) or right (+) of the picture, degrees',
  unit: '°',
  counted: 'faces',
  hint: 'A model draws best what it has seen: few turned heads here, poor turned heads later.',
}

const FACE = {
  title: 'Face size',
  axis: "longer side of the face's box in the picture, px",
  unit: ' px',
  counted: 'faces',
  isWhole: true,
}

function planCropChart(resolution: number): Omit<Chart, 'histogram'> {
  return {
    title: 'Crop size',
    axis: 'side of the square that was cut out, px',
    unit: ' px',
    counted: 'rows',
    isWhole: true,
    marker: { value: resolution, label: `resolution: ${resolution} px` },
    hint: `Crops left of the solid line, below ${resolution} px, are enlarged.`,
  }
}

const PICTURE = {
  title: 'Picture size',
  axis: 'shorter side of the picture, px',
  unit: ' px',
  counted: 'pictures',
  isWhole: true,
  hint: 'Left-out pictures are counted too, where they could be read.',
}

/** Uses tokens if they were counted for every row, else words. */
function planCaptionChart({
  words,
  tokens,
}: PreviewStatistics): readonly [Histogram | null, Omit<Chart, 'histogram'>] {
  const [inWords, inTokens] = [words.plan(), tokens.plan()]
  return inTokens !== null && inTokens.n === inWords?.n ? [inTokens, TOKENS] : [inWords, WORDS]
}

const TOKENS = {
  title: 'Caption length',
  axis: 'tokens in the caption, as the text encoder counts',
  unit: ' tokens',
  counted: 'rows',
  isWhole: true,
  marker: { value: 77, label: 'what a text encoder takes: 77 tokens' },
  hint: 'The text encoder takes 77 tokens: training cuts off the rest.',
}

const WORDS = {
  title: 'Caption length',
  axis: 'words in the caption',
  unit: ' words',
  counted: 'rows',
  isWhole: true,
  hint: 'The text encoder takes 77 tokens, about 55 English words; what is longer is cut in training.',
}
