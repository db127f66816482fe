/** Runs the built dataset stages on `FOLDER/photos`, as a process that a test can kill. Usage: prepare-child.mjs FOLDER */
import { join } from 'node:path'
import { configSchema } from '../../dist/config/schema.js'
import { annotateImages } from '../../dist/stages/annotate-images.js'
import { collectImages } from '../../dist/stages/collect-images.js'
import { writeDataset } from '../../dist/stages/write-dataset.js'

const folder = process.argv[2]
const dataset = join(folder, 'dataset')
const source = { folder: join(folder, 'photos') }
const config = configSchema.parse({
  version: 1,
  name: 'test',
  dataset: { source, resolution: 256, validation: { count: 3 } },
})
const paths = {
  source: source.folder,
  dataset,
  annotations: join(dataset, 'annotations.ndjson'),
  manifest: join(dataset, 'manifest.json'),
  work: join(dataset, '.cnk'),
  runs: join(folder, 'runs'),
}
const facts = { kitVersion: '0.0.0', workingDirectory: folder, source: { kind: 'folder', given: 'photos' } }
for (const stage of [collectImages, annotateImages, writeDataset]) {
  const planned = { fingerprint: 'f'.repeat(64), stamp: join(paths.work, `${stage.spec.name}.json`) }
  const signal = new AbortController().signal
  await stage.run({ stage: planned, config, paths, facts, report: () => undefined, signal })
  console.log(stage.spec.name)
}
