import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { chooseColumns } from '../choose-columns.ts'
import { asPreflight, describeTables } from '../tables/describe-tables.ts'
import { planExclude, planWanted } from '../observe-options.ts'
import { openTableSource } from '../tables/parquet-source.ts'
import type { SourceModule } from '../source-module.ts'
import { findParquetFiles } from './parquet-folder.ts'

export const parquetSource: SourceModule = {
  async observe(given, options) {
    const place = resolve(options.workingDirectory, given)
    const fact = { kind: 'parquet', given, revision: null } as const
    if ((await stat(place).catch(() => null)) === null)
      return { ...fact, exists: false, pictures: 0, folders: 0, bytes: 0, digest: '', others: {} }
    const signal = new AbortController().signal
    const { files, note, others, locateNamed } = await findParquetFiles(place, planExclude(options), signal)
    return asPreflight(async () => {
      const wanted = planWanted(options)
      const described = await describeTables(files, { wanted, locate: locateNamed })
      return { ...fact, ...described, tables: { files: files.length, note }, others }
    })
  },
  async open(options) {
    const { place, exclude, signal } = options
    const { files, locateNamed } = await findParquetFiles(place, exclude, signal)
    return openTableSource({ files, wanted: chooseColumns(options), isRemote: false, locateNamed })
  },
}
