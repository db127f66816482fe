import { mkdtempSync, rmSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readZipDirectory } from '../../build/tools/zip/zip-directory.js'
import { createReadBuffer } from '../../build/tools/files/read-buffer.js'
import { closeZip, readZipEntry } from '../../build/tools/zip/zip-entry.js'
import { photoPng } from './photo.mjs'

const PICTURES = 300
const FRAMES = 100_000

/** Entries of a photograph's weight in random order on one thread, checked; Python's zipfile reads the same beside it. */
export async function benchZip() {
  const folder = mkdtempSync(join(tmpdir(), 'cnk-bench-zip-'))
  try {
    const photo = await photoPng()
    const rows = []
    for (const method of ['deflated', 'stored']) {
      const archive = join(folder, `${method}.zip`)
      python(MAKE_PICTURES, [archive, method, String(PICTURES)], photo)
      rows.push(...(await benchReads(archive, method)))
    }
    return [...rows, await benchScan(join(folder, 'frames.zip'))]
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function benchReads(archive, method) {
  const { directory } = await readZipDirectory(archive)
  const names = shuffle(directory.names)
  const buffer = createReadBuffer()
  const readAll = async () => {
    for (const name of names) await readZipEntry({ kind: 'zip', archive, ...directory.find(name) }, buffer)
  }
  await readAll()
  const rates = { kit: [], python: [] }
  for (let round = 0; round < 5; round++) {
    const before = process.cpuUsage()
    await readAll()
    const { user, system } = process.cpuUsage(before)
    rates.kit.push(names.length / ((user + system) / 1e6))
    rates.python.push(Number(python(READ_PICTURES, [archive])))
  }
  await closeZip(archive)
  const [kit, plain] = [median(rates.kit), median(rates.python)]
  const what = `zip, random reads of ${method} entries of 340 KB`
  return [
    {
      what: `${what}, a second of one core`,
      value: kit,
      unit: 'entries',
      ...(method === 'deflated' && { atLeast: 1500 }),
    },
    { what: `${what}, Python's zipfile`, value: plain, unit: 'entries' },
    { what: `${what}, against Python's`, value: kit / plain, unit: 'x' },
  ]
}

async function benchScan(archive) {
  python(MAKE_FRAMES, [archive, String(FRAMES)])
  const times = []
  for (let round = 0; round < 3; round++) {
    const before = process.cpuUsage()
    await readZipDirectory(archive)
    const { user, system } = process.cpuUsage(before)
    times.push((user + system) / 1000)
  }
  return { what: 'zip, directory of 300,000 entries read and checked', value: median(times), unit: 'core-ms' }
}

/** The photo with another tail each, so that no two are the same. */
const MAKE_PICTURES = `
import sys, zipfile
archive, method, count = sys.argv[1:]
photo = sys.stdin.buffer.read()
with zipfile.ZipFile(archive, 'w', {'deflated': zipfile.ZIP_DEFLATED, 'stored': zipfile.ZIP_STORED}[method]) as z:
    for index in range(int(count)):
        z.writestr('%06d.png' % index, photo + b'%d' % index)
`

const READ_PICTURES = `
import random, sys, time, zipfile
with zipfile.ZipFile(sys.argv[1]) as z:
    names = z.namelist()
    random.Random(1).shuffle(names)
    start = time.process_time()
    for name in names:
        z.read(name)
    print(len(names) / (time.process_time() - start))
`

const MAKE_FRAMES = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w') as z:
    for index in range(int(sys.argv[2])):
        for kind in ('.png', '_seg.png', '_ldmks.txt'):
            z.writestr(zipfile.ZipInfo('%06d%s' % (index, kind)), b'x')
`

function python(script, args, input = '') {
  return execFileSync('python3', ['-c', script, ...args], { input, encoding: 'utf8' })
}

/** The same order every time. */
function shuffle(names) {
  let state = 1
  const keyed = names.map((name) => {
    state = (state * 1103515245 + 12345) % 2147483648
    return [state, name]
  })
  return keyed.sort(([a], [b]) => a - b).map(([, name]) => name)
}

function median(values) {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)]
}
