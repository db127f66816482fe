/**
 * `npm run bench [NAME…]`: figures of the built kit (`dist/`), beside a baseline measured in the same run, so that they can be
 * compared between machines. A new bench is one file beside this one and one line in BENCHES. A target is printed beside its
 * figure; nothing fails for missing it.
 */
import { availableParallelism } from 'node:os'
import sharp from 'sharp'
import { benchDrawing } from './drawing.mjs'
import { benchLog } from './log.mjs'
import { benchMany } from './many.mjs'
import { cpuMsPerCall } from './measure.mjs'
import { benchMemory } from './memory.mjs'
import { photoPng } from './photo.mjs'
import { benchPhotos } from './photos.mjs'
import { benchSpiga } from './spiga.mjs'
import { benchSquares } from './squares.mjs'
import { benchStart } from './start.mjs'
import { benchZip } from './zip.mjs'

const BENCHES = {
  start: benchStart,
  drawing: benchDrawing,
  squares: benchSquares,
  photos: benchPhotos,
  many: benchMany,
  log: benchLog,
  zip: benchZip,
  spiga: benchSpiga,
}
/** Run only when they are named. */
const LONG_BENCHES = { memory: benchMemory }

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(BENCHES)
const photo = await photoPng()
const baselineMs = await cpuMsPerCall(() => sharp(photo).raw().toBuffer())
const rows = []
for (const name of names) rows.push(...(await { ...BENCHES, ...LONG_BENCHES }[name]()))

console.log(
  `${availableParallelism()} cores; baseline: sharp decodes a 512x512 picture (PNG, ${photo.length} bytes) in ${format(baselineMs)} core-ms\n`,
)
printTable([
  ['what', 'measured', 'x baseline', 'target'],
  ...rows.map((row) => [
    row.what,
    `${format(row.value)} ${row.unit}`,
    row.unit === 'core-ms' ? format(row.value / baselineMs) : '',
    formatTarget(row),
  ]),
])

function formatTarget({ value, unit, exactly, atLeast, atMost }) {
  if (exactly !== undefined) return `${exactly} ${unit}${value === exactly ? '' : '  (missed)'}`
  if (atLeast !== undefined) return `>= ${atLeast} ${unit}${value >= atLeast ? '' : '  (missed)'}`
  if (atMost !== undefined) return `<= ${atMost} ${unit}${value <= atMost ? '' : '  (missed)'}`
  return ''
}

function format(value) {
  if (Number.isInteger(value)) return String(value)
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
