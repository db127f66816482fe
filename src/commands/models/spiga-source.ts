/** SPIGA: its weights from the Hub, exported to ONNX once in a Python environment of its own. */
import { rm } from 'node:fs/promises'
import { SPIGA_WEIGHTS } from '../../dataset/spiga/model-record.ts'
import { planHelperEnvironment } from '../../tools/helper-environment.ts'
import { waitForLock } from '../../tools/lock.ts'
import { exportSpiga } from '../../tools/spiga-export.ts'
import { findSpigaModel, spigaFolder } from '../../tools/spiga-model.ts'
import { fetchSpigaWeights } from '../../tools/spiga-weights.ts'
import { ensureVenv } from '../../tools/venv.ts'
import type { CachedModel, FetchContext, ModelSource } from './model-source.ts'

const LOCK = 'python/locks/spiga-cpu.txt'

export const spigaSource: ModelSource = {
  find: () => findSpigaModel(),
  async fetch(_model, context) {
    const { signal, report } = context
    const lock = await waitForLock(`${spigaFolder()}.lock`, {
      purpose: 'controlnet-kit models fetch spiga',
      signal,
      onWait: (step) => report({ step: `${step} Waiting for it.`, done: 0, total: null, unit: 'steps' }),
    })
    try {
      return (await findSpigaModel()) ?? (await make(context))
    } finally {
      await lock.release()
    }
  },
}

async function make(context: FetchContext): Promise<CachedModel> {
  const { signal, report } = context
  const say = (step: string): void => report({ step, done: 0, total: null, unit: 'steps' })
  // First of all: without a Python there is no use in fetching.
  const environment = await planHelperEnvironment(LOCK)
  const weights = await fetchSpigaWeights({
    signal,
    onProgress: (done, total) =>
      report({ step: `fetching ${SPIGA_WEIGHTS.file}`, done, total, unit: 'bytes' }),
  })
  await ensureVenv({
    ...environment,
    signal,
    tell: (note) =>
      note.type === 'log'
        ? say(note.message)
        : report({
            step: `making the export's environment`,
            done: note.done,
            total: note.total,
            unit: 'packages',
          }),
  })
  say('exporting to ONNX')
  const { python } = environment
  const onExported = (): void => say('comparing with torch')
  await exportSpiga({ python, weights, signal, onExported })
  const made = await findSpigaModel()
  if (made === null) throw new Error('the exported SPIGA is not where it was written')
  // Only needed for another export, and a quarter of a gigabyte.
  await rm(weights.file, { force: true })
  return made
}
