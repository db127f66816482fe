import { readFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { findModel, requireFit, type NamedModel } from '../actions/generate/model-folder.ts'
import { planRequests, requireInputs, type GenerateRequest } from '../actions/generate/generate-request.ts'
import { freeFolder } from '../actions/generate/output-folder.ts'
import { inputName, runGenerate, type Generated } from '../actions/generate/run-generate.ts'
import { readModelFacts } from '../actions/generate/model-facts.ts'
import { loadRecordedConfig } from '../actions/runs/recorded-run.ts'
import { runStages } from '../actions/runs/run-stages.ts'
import { withStop } from '../actions/with-stop.ts'
import { EXIT_CODES, exitReasonOf, StoppedError } from '../errors.ts'
import { explainFileError } from '../file-error.ts'
import { runPlan } from '../run.ts'
import { stages } from '../stages/index.ts'
import { outlinePlan, type Reporter } from '../ui/create-reporter.ts'
import { formatAmount } from '../words.ts'
import { enterProject } from './enter-project.ts'
import type { CommonFlags, Output } from './output.ts'
import { planConfig, type Planned } from './planning.ts'

/** `generate`: pictures from a trained model and a photo, a conditioning image or landmarks. */
export async function generate(_: readonly unknown[], flags: CommonFlags, output: Output): Promise<number> {
  const requests = planRequests(flags, await readBatch(flags))
  await requireInputs(requests)
  const out = await chooseFolder(flags, requests)
  const model = await findModel(flags['model'] as string | undefined)
  await enterProject(model.run, output, [])
  const loaded = await loadRecordedConfig(model.run, [])
  const planned = await planConfig(loaded, { run: basename(model.run.folder), offline: true })
  if (!model.isOwn) await requireFit(model.controlnet, planned.facts)
  // People read plain lines; only programs need events.
  const reporter = output.json ? await output.createReporter() : null
  reporter?.begin(outlinePlan(planned.plan, { command: 'generate', target: output.here(out), stages: [] }))
  try {
    const made = await withStop(
      () => output.say('Stopping. The pictures that are drawn stay.'),
      (signal) => draw({ requests, out, model, planned, output, reporter, signal }),
    )
    await tellEnd(made, { model, output, reporter })
    return EXIT_CODES.done
  } catch (thrown) {
    if (reporter === null) throw thrown
    const error = explainFileError(thrown)
    const status = error instanceof StoppedError ? 'stopped' : 'failed'
    reporter.report({ type: 'result', status, exitReason: exitReasonOf(error), paths: {} })
    await reporter.close()
    return output.fail(error)
  }
}

/** Both are there, unless somebody cleaned the cache. */
const NEEDED = ['create-environment', 'fetch-base-model'] as const

interface Drawing {
  readonly requests: readonly GenerateRequest[]
  readonly out: string
  readonly model: NamedModel
  readonly planned: Planned
  readonly output: Output
  readonly reporter: Reporter | null
  readonly signal: AbortSignal
}

async function draw({
  requests,
  out,
  model,
  planned,
  output,
  reporter,
  signal,
}: Drawing): Promise<Generated> {
  const { facts, plan } = planned
  const picked = plan.stages.filter(
    ({ name, action }) => NEEDED.some((one) => one === name) && action !== 'reuse',
  )
  if (picked.length > 0) {
    output.say(`First: ${picked.map(({ title }) => title).join(', ')}.`)
    await runStages({
      ...{
        plan: { ...plan, stages: picked },
        facts,
        stages,
        run: model.run.folder,
        purpose: 'controlnet-kit generate',
        runPlan,
      },
      report: (event) => void reporter?.report(event),
      onStop: () => undefined,
    })
  }
  const { command, drawnBy } = await readModelFacts(model, planned)
  const total = requests.reduce((sum, { count }) => sum + count, 0)
  let done = 0
  return runGenerate({
    ...{ requests, out, signal, command, drawnBy, config: plan.config, controlnet: model.controlnet },
    onPicture(file) {
      reporter?.report({ type: 'sample', step: drawnBy.step ?? 0, path: output.here(file) })
      output.say(`${++done} of ${formatAmount(total, 'picture')}: ${output.here(file)}`)
    },
  })
}

interface End {
  readonly model: NamedModel
  readonly output: Output
  readonly reporter: Reporter | null
}

async function tellEnd({ pictures, grid }: Generated, { model, output, reporter }: End): Promise<void> {
  const paths = {
    ...(model.isOwn && { run: output.here(model.run.folder) }),
    model: output.here(model.controlnet),
  }
  const files = [...pictures, grid].map((file) => output.here(file))
  reporter?.report({ type: 'result', status: 'done', exitReason: 'done', paths, pictures: files })
  await reporter?.close()
  if (reporter === null)
    output.print(
      `${formatAmount(pictures.length, 'picture')} in ${output.here(join(grid, '..'))}/, all in grid.png`,
    )
}

async function readBatch({ batch }: CommonFlags): Promise<{ file: string; text: string } | null> {
  if (batch === undefined) return null
  const file = batch as string
  return { file, text: await readFile(file, 'utf8') }
}

function chooseFolder(
  { out, batch }: CommonFlags,
  requests: readonly GenerateRequest[],
): Promise<string> | string {
  if (typeof out === 'string') return resolve(out)
  const name = batch === undefined ? inputName(requests[0]!.input.file) : inputName(batch as string)
  return freeFolder(resolve('generated'), name)
}
