import { rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../../errors.ts'
import { withLock } from '../../tools/files/lock.ts'
import { BLIP_FOLDER } from '../../trainer/captions/captioner.ts'
import type { Command, StageContext } from '../../types.ts'
import { runFetch } from '../run-fetch.ts'

const STAGE = 'annotate-images'

/** Fetches the caption model into the cache; the folder appears only when it is complete. */
export async function fetchCaptioner(command: Command, context: StageContext): Promise<void> {
  const { facts, signal, report } = context
  const folder = join(facts.cache, BLIP_FOLDER)
  const purpose = 'controlnet-kit, which fetches this model'
  const say = (message: string): void => report({ type: 'log', stage: STAGE, message })
  await withLock(`${folder}.lock`, { purpose, wait: { signal, say } }, async () => {
    // Another run may have fetched it since the plan was made.
    if ((await stat(join(folder, 'config.json')).catch(() => null)) !== null) return
    const options = { signal, report, stage: STAGE, what: 'the model for captions', asksHub: true } as const
    const answer = await runFetch(command, options).catch((error: unknown) =>
      Promise.reject(inOurWords(error)),
    )
    await writeFile(join(`${folder}.partial`, 'source.json'), JSON.stringify(answer, null, 2) + '\n')
    await rm(folder, { recursive: true, force: true })
    await rename(`${folder}.partial`, folder)
  })
}

const HINTS: Readonly<Record<string, string>> = {
  'network-missing':
    'Look at the network connection and HF_HUB_OFFLINE, or name a folder that has the model: CNK_BLIP_MODEL=/path',
}

/** The program's messages are about base models; replaces codes and hints by those for the caption model. */
function inOurWords(error: unknown): unknown {
  if (!(error instanceof UserError) || error.code === null) return error
  return error.with({
    code: error.code.replace('base-model', 'caption-model'),
    hint: HINTS[error.code] ?? error.hint,
  })
}
