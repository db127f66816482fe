/** Tells where the lines of the bundle come from. Node could do so too, but would read every source map at each start. */
import { readFileSync } from 'node:fs'
import { SourceMap, type SourceMapPayload } from 'node:module'
import { fileURLToPath } from 'node:url'

const POSITION = /(file:\/\/[^\s()]+\.c?js):(\d+):(\d+)/g

/** Replaces positions in built files, such as `file:///…/dist/chunks/x.js:8:3`, by those in their sources: `src/x.ts:5:1`. */
export function showSourcePositions(stack: string): string {
  const maps = new Map<string, SourceMap | null>()
  return stack.replace(POSITION, (position, url: string, line: string, column: string) => {
    if (!maps.has(url)) maps.set(url, readSourceMap(url))
    const entry = maps.get(url)?.findEntry(Number(line) - 1, Number(column) - 1)
    if (entry === undefined || !('originalSource' in entry)) return position
    const source = entry.originalSource.replace(/^(\.\.\/)+/, '')
    return `${source}:${entry.originalLine + 1}:${entry.originalColumn + 1}`
  })
}

function readSourceMap(url: string): SourceMap | null {
  try {
    return new SourceMap(JSON.parse(readFileSync(fileURLToPath(`${url}.map`), 'utf8')) as SourceMapPayload)
  } catch {
    return null
  }
}
