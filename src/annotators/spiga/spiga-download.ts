/** Fetches SPIGA's weights from the Hub and exports them to ONNX once, in a Python environment of its own. */
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { SPIGA_WEIGHTS } from './spiga-model-record.ts'
import { UserError } from '../../errors.ts'
import { fetchOnce } from '../../tools/network/fetch-once.ts'
import { locateHelperEnvironment } from '../../tools/python/helper-environment.ts'
import { withLock } from '../../tools/files/lock.ts'
import { planHubDownload } from '../../tools/hub/hub-download.ts'
import { exportSpiga, type SpigaWeights } from './spiga-export.ts'
import { findSpigaModel, spigaFolder, spigaWeightsRecord } from './spiga-model.ts'
import { ensureVenv } from '../../tools/python/venv.ts'
import type { CachedModel, FetchContext, ModelSource } from '../../tools/models/model-source.ts'

const LOCK = 'python/locks/spiga-cpu.txt'

export const spigaSource: ModelSource = {
  find: () => findSpigaModel(),
  async fetch(_model, context) {
    const { signal, report } = context
    const say = (step: string): void => report({ step, done: 0, total: null, unit: 'steps' })
    return withLock(
      `${spigaFolder()}.lock`,
      { purpose: 'controlnet-kit models fetch spiga', wait: { signal, say } },
      async () => (await findSpigaModel()) ?? (await make(context)),
    )
  },
}

async function make(context: FetchContext): Promise<CachedModel> {
  const { signal, report } = context
  const say = (step: string): void => report({ step, done: 0, total: null, unit: 'steps' })
  // This comes first: without a suitable Python the download would be useless.
  const environment = await locateHelperEnvironment(LOCK)
  const weights = await fetchWeights(context)
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
  // The weights are only needed for another export, and take 254 MB.
  await rm(weights.file, { force: true })
  return made
}

async function fetchWeights({ signal, report }: FetchContext): Promise<SpigaWeights> {
  const { repo, revision, file: name, sizeBytes } = SPIGA_WEIGHTS
  const file = join(spigaFolder(), name)
  const record = await fetchOnce({
    ...(await planHubDownload({ repo, revision, file: name })),
    to: file,
    record: spigaWeightsRecord(),
    expectedBytes: sizeBytes,
    signal,
    onProgress: (done, total) => report({ step: `fetching ${name}`, done, total, unit: 'bytes' }),
    onWait: (step) => report({ step, done: 0, total: null, unit: 'bytes' }),
    onHashing: (done, total) => report({ step: `hashing ${name}`, done, total, unit: 'bytes' }),
    check: requireTorchFile,
  })
  return { file, record }
}

/**
 * Throws a UserError unless the file is a zip, or a pickle as older versions of torch wrote it. Another content is usually an
 * error page of a server.
 */
async function requireTorchFile(file: string): Promise<void> {
  const handle = await open(file)
  const head = Buffer.alloc(2)
  await handle.read(head, 0, 2, 0).finally(() => handle.close())
  if (head.toString('latin1') === 'PK' || head[0] === 0x80) return
  throw new UserError(`${SPIGA_WEIGHTS.file} was fetched, but it does not contain weights.`, {
    code: 'spiga-weights',
    hint: 'Nothing of it was kept. A proxy or mirror may have answered in its place',
  })
}
