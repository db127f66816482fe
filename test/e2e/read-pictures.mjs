// Reads all pictures of a Parquet file as the stages do, with the built code, and prints its peak memory.
import { pathToFileURL } from 'node:url'
import { join } from 'node:path'

const [, , root, place] = process.argv
const { openSource } = await import(pathToFileURL(join(root, 'build/sources/open-source.js')).href)
const source = await openSource({
  source: { parquet: place },
  columns: { image: 'image', conditioning_image: '', caption: '' },
  values: [],
  conditioning: false,
  place,
  revision: null,
  exclude: [],
  cache: '',
  signal: new AbortController().signal,
})
const { entries } = await source.list()
let pictures = 0
let bytes = 0
for (let at = 0; at < entries.length; at += 24) {
  const located = await Promise.all(
    entries.slice(at, at + 24).map(({ path }) => source.locate(path).catch(() => null)),
  )
  for (const each of located) {
    if (each === null) continue
    pictures++
    bytes += each.bytes.length
  }
}
await source.close()
console.log(JSON.stringify({ pictures, bytes, peakMB: Math.round(process.resourceUsage().maxRSS / 1024) }))
