/**
 * `npm run bench`: figures of the built kit (`dist/`) as ratios to a baseline measured in the same run, so that they can
 * be compared between machines. A new bench is one file beside this one and one line in BENCHES.
 */
import { benchDrawing } from './drawing.mjs'
import { cpuMsPerCall } from './measure.mjs'
import { photoPng } from './photo.mjs'
import sharp from 'sharp'

const BENCHES = [benchDrawing]

const photo = await photoPng()
const baselineMs = await cpuMsPerCall(() => sharp(photo).raw().toBuffer())
const rows = []
for (const bench of BENCHES) rows.push(...(await bench()))

console.log(
  `baseline: sharp decodes a 512x512 picture (PNG, ${photo.length} bytes) in ${format(baselineMs)} core-ms\n`,
)
printTable([
  ['what', 'measured', 'x baseline', 'target'],
  ...rows.map(({ what, value, unit, target, ratioTo }) => [
    what,
    `${format(value)} ${unit}`,
    ratioTo === 'baseline' ? format(value / baselineMs) : '',
    target === undefined ? '' : `${target} ${unit}${value <= target ? '' : '  (missed)'}`,
  ]),
])

function format(value) {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3)
}

function printTable(lines) {
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)))
  for (const line of lines)
    console.log(
      line
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('   ')
        .trimEnd(),
    )
}
