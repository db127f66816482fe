import { createInterface } from 'node:readline/promises'
import {
  describeModel,
  fetchModel,
  listModels,
  type CachedModel,
  type CatalogModel,
} from '../actions/models/fetch-model.ts'
import { withStop } from '../actions/with-stop.ts'
import { UserError } from '../errors.ts'
import { showFetching } from '../ui/fetch-line.ts'
import { formatAbout, formatModelTable } from '../ui/model-table.ts'
import type { CommonFlags, Output } from './output.ts'
import { kitCommand } from '../next-step.ts'

/** `models list`, `models fetch NAME` */
export async function models(
  [action, name]: readonly unknown[],
  flags: CommonFlags,
  output: Output,
): Promise<number> {
  if (action === 'list') return list(output)
  if (action === 'fetch' && typeof name === 'string') return fetch(name, output, flags['yes'] === true)
  throw new UserError(
    action === 'fetch'
      ? 'models fetch needs a name.'
      : `models takes list or fetch, got '${String(action)}'.`,
    { reason: 'usage', hint: kitCommand('models', { action: 'list' }) },
  )
}

async function list(output: Output): Promise<number> {
  const entries = await listModels()
  if (output.json) output.printJson({ v: 1, models: entries.map(describeModel) })
  else output.print(formatModelTable(entries, output))
  return 0
}

async function fetch(name: string, output: Output, yes: boolean): Promise<number> {
  const shown = showFetching({ stream: process.stderr, quiet: output.quiet || output.json })
  const agree = async (model: CatalogModel): Promise<boolean> => {
    output.say(formatAbout(model, output))
    return yes || ask(model, output)
  }
  const fetched = await withStop(
    () => output.say('Stopping. What was fetched is kept; the same command goes on from there.'),
    (signal) => fetchModel({ name, agree, signal, report: shown.report }),
  ).finally(() => shown.close())
  const { status, cached } = fetched
  if (output.json) output.printJson({ v: 1, status, ...describeModel(fetched) })
  else if (cached === null) output.print('Nothing was fetched.')
  else output.print(formatReady(name, status, cached))
  return 0
}

function formatReady(name: string, status: string, { folder, configLine }: CachedModel): string {
  const ready = `${name} is ${status === 'present' ? 'there already' : 'ready'}: ${folder}`
  return configLine === undefined ? ready : `${ready}\nIn the config: ${configLine}`
}

async function ask({ name }: CatalogModel, output: Output): Promise<boolean> {
  if (output.json || process.stdin.isTTY !== true || process.stderr.isTTY !== true) {
    throw new UserError(`${name} has terms to agree to, and there is nobody to ask.`, {
      reason: 'usage',
      code: 'terms-not-accepted',
      hint: `If you agree: ${kitCommand('models', { action: 'fetch', words: [name], flags: { yes: true } })} (its licence: ${kitCommand('models', { action: 'list' })})`,
    })
  }
  const prompt = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^y(es)?$/i.test((await prompt.question('Fetch it under these terms? [y/N] ')).trim())
  } finally {
    prompt.close()
  }
}
