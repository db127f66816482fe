import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { OtherForm } from '../../tools/files/other-form.ts'
import { describeListing, nothingThere } from '../folders-and-zips/describe-listing.ts'
import { planAsked, planExclude } from '../observe-options.ts'
import { addBeside, addFile, addTexts } from '../source-digest.ts'
import type { SourceModule } from '../source-module.ts'
import { listPairs } from './list-pairs.ts'

export const pairsSource: SourceModule = {
  async observe(given, options) {
    const place = resolve(options.workingDirectory, given)
    const found = await stat(place).catch(() => null)
    if (found === null) return nothingThere('pairs', given)
    const hash = createHash('sha256')
    if (found.isDirectory()) await addTexts(hash, place, options)
    else addFile(hash, { path: '', sizeBytes: found.size, mtimeMs: found.mtimeMs })
    const asked = { place, exclude: planExclude(options), ...planAsked(options) }
    const listing = await listPairs(asked, { read: false })
    const folder = found.isDirectory() ? place : dirname(place)
    await addBeside(hash, { folder, given, listing }, options)
    return describeListing({ kind: 'pairs', given }, listing, hash)
  },
  async open(options) {
    const isFolder = (await stat(options.place).catch(() => null))?.isDirectory() === true
    const folder = isFolder ? options.place : dirname(options.place)
    const forms = new OtherForm(folder)
    return {
      isRemote: false,
      list: () => listPairs(options, { read: true }),
      locate: async (path) => ({ kind: 'file', file: join(folder, path) }),
      readBeside: async (path) => forms.read(path),
      close: async () => undefined,
    }
  },
}
