/** A dataset on the Hub, read remotely through byte ranges of its Parquet files. */
import { openHubClient } from '../../tools/hub/hub-client.ts'
import { findHubContact } from '../../tools/hub/hub-contact.ts'
import { findHubDataset } from '../../tools/hub/hub-dataset.ts'
import { readHubSettings } from '../../tools/hub/hub-settings.ts'
import { chooseColumns } from '../choose-columns.ts'
import { planWanted } from '../observe-options.ts'
import { asPreflight, describeTables } from '../tables/describe-tables.ts'
import { openTableSource } from '../tables/parquet-source.ts'
import type { SourceModule } from '../source-module.ts'

export const hubSource: SourceModule = {
  async observe(given, options) {
    const { cache = '', offline = false } = options
    const client = openHubClient(readHubSettings({ offline }), new AbortController().signal)
    const wanted = planWanted(options)
    return asPreflight(async () => {
      const found = await findHubDataset(client, { name: given, revision: null, cache })
      const { commit, files, note } = found
      const described = await describeTables(files, { wanted, locate: null })
      const tables = { files: files.length, note }
      const contact = (await found.isHere()) ? {} : { contact: await findHubContact() }
      return { kind: 'hub', given, revision: commit, ...contact, ...described, tables, others: {} }
    })
  },
  async open(options) {
    const { place, revision, cache, signal } = options
    const client = openHubClient(readHubSettings(), signal)
    const { files } = await findHubDataset(client, { name: place, revision, cache })
    return openTableSource({ files, wanted: chooseColumns(options), isRemote: true, locateNamed: null })
  },
}
