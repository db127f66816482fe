/**
 * Runs the built dataset stages on `FOLDER/frames` with captions by BLIP, as a process that a test can kill. `CNK_BLIP_MODEL`
 * names the model, `CNK_TEST_PYTHON` the Python. Usage: caption-child.mjs FOLDER
 */
import { join } from 'node:path'
import { configSchema } from '../../build/config/schema.js'
import { annotateImages } from '../../build/stages/annotate-images/annotate-images.js'
import { collectImages } from '../../build/stages/collect-images/collect-images.js'
import { observeCaptioner } from '../../build/tools/captions/observe-captioner.js'
import { packageRoot } from '../../build/tools/package-root.js'

const folder = process.argv[2]
const dataset = join(folder, 'dataset')
const source = { face_synthetics: join(folder, 'frames') }
const config = configSchema.parse({
  version: 1,
  name: 'test',
  condition: { annotator: 'files' },
  dataset: {
    source,
    crop: 'center',
    resolution: 96,
    captions: { model: 'blip' },
    filters: { duplicates: 'keep', cut_faces: 'keep', max_pose: 180 },
  },
})
const paths = {
  source: source.face_synthetics,
  dataset,
  annotations: join(dataset, 'annotations.ndjson'),
  manifest: join(dataset, 'manifest.json'),
  work: join(dataset, '.cnk'),
  runs: join(folder, 'runs'),
  baseModel: join(folder, 'base'),
  packageRoot,
  python: process.env.CNK_TEST_PYTHON,
}
const where = { workingDirectory: folder, cache: join(folder, 'cache') }
const captioner = await observeCaptioner(config.dataset.captions, where)
const facts = {
  kitVersion: '0.0.0',
  ...where,
  source: { kind: 'face_synthetics', given: 'frames', revision: null },
  captioner,
  gpus: [],
  cuda: { visibleDevices: null, parts: [], trouble: null },
  machine: { os: 'linux', arch: 'x64', cores: 2, memoryBytes: 8e9 },
}
const training = { settings: { device: 'cpu' } }
for (const stage of [collectImages, annotateImages]) {
  const commands = stage.spec.commands({ config, paths, facts, training })
  const planned = {
    fingerprint: 'f'.repeat(64),
    stamp: join(paths.work, `${stage.spec.name}.json`),
    commands,
  }
  const signal = new AbortController().signal
  const plan = { stages: [] }
  await stage.run({ stage: planned, config, paths, facts, plan, report: () => undefined, signal })
}
