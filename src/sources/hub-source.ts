/** A dataset on the Hub, read where it lies: by ranges of its Parquet files. */
import { findHubDataset } from '../tools/hub/hub-dataset.ts'
import { openHubClient } from '../tools/hub/hub-client.ts'
import { readHubSettings } from '../tools/hub/hub-settings.ts'
import { openTableSource } from './parquet-source.ts'
import type { OpenSourceOptions, PictureSource } from './picture-source.ts'
import { chooseColumns } from './choose-columns.ts'

export async function openHubSource(options: OpenSourceOptions): Promise<PictureSource> {
  const { place, revision, cache, signal } = options
  const client = openHubClient(readHubSettings(), signal)
  const { files } = await findHubDataset(client, { name: place, revision, cache })
  return openTableSource({
    files,
    wanted: chooseColumns(options),
    isRemote: true,
    locateNamed: null,
  })
}
