/** The command line: every command with its flags, examples first. Handlers are loaded when they run. */
import { readFileSync } from 'node:fs'
import { Command, CommanderError, InvalidArgumentError } from 'commander'
import { ANNOTATE_KINDS } from '../commands/annotate-kinds.ts'
import { UserError } from '../errors.ts'
import { errorDocument } from '../ui/print-error.ts'
import { loadOutput, type CommonFlags } from './output.ts'

const BEFORE_HELP: Readonly<Record<string, string>> = {
  init: 'controlnet-kit init',
  plan: 'controlnet-kit plan',
  annotate: 'controlnet-kit annotate photo.jpg',
  prepare: 'controlnet-kit prepare',
  train: 'controlnet-kit train --set train.num_train_epochs=5',
  resume: 'controlnet-kit resume',
  models: 'controlnet-kit models fetch spiga',
  env: 'controlnet-kit env show',
  schema: 'controlnet-kit schema > controlnet.schema.json',
}

/** Runs one command line and gives the exit code. Nothing is printed after it resolves. */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  const state = { code: 0 }
  const program = createProgram(state)
  try {
    await program.parseAsync([...argv], { from: 'user' })
    return state.code
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return 0
    if (argv.includes('--json')) process.stdout.write(`${JSON.stringify(mistake(error))}\n`)
    return 2
  }
}

/** What programs read of a wrong command line; people have been told already. */
function mistake({ message }: CommanderError): unknown {
  return errorDocument(new UserError(message.replace(/^error: /, ''), { reason: 'usage' }))
}

type Handler = (args: readonly unknown[], flags: CommonFlags) => Promise<number>

function createProgram(state: { code: number }): Command {
  const program = new Command('controlnet-kit')
    .description('Plan a condition, build its dataset and train a ControlNet: one config file, two commands.')
    .exitOverride()
    .showSuggestionAfterError()
    .showHelpAfterError('(controlnet-kit --help shows the commands)')
    .enablePositionalOptions()
  program.version(readVersion(), '-V, --version')

  const add = (usage: string, description: string, load: () => Promise<Handler>): Command => {
    const name = usage.split(' ')[0] ?? usage
    const command = program.command(usage).description(description).exitOverride()
    command.addHelpText('before', `Example:  ${BEFORE_HELP[name] ?? `controlnet-kit ${name}`}\n`)
    command
      .option('--json', 'print JSON on stdout')
      .option('--quiet', 'print results and errors only')
      .option('--no-color', 'no colours')
      .option('-C, --directory <dir>', 'start in this folder: relative paths begin here')
    command.action(async (...all: unknown[]) => {
      const args = all.slice(0, -2)
      const flags = command.opts<CommonFlags>()
      state.code = await loadOutput(name, flags).guard(async () => (await load())(args, flags))
    })
    return command
  }
  const withSet = (command: Command): Command =>
    command.option('--set <key=value>', 'override a key of the config (repeatable)', collect, [])

  add('init [dir]', 'write a short commented controlnet.yaml', async () => (await import('./init.ts')).init)
  withSet(
    add(
      'plan [config]',
      'show what will be done, and how; touches nothing',
      async () => (await import('./plan.ts')).plan,
    ),
  )
    .option('--out <file>', 'also save the plan as JSON')
    .option('--offline', 'ask nothing of the network')
  add(
    'annotate <paths...>',
    'any picture → conditioning image and landmarks',
    async () => (await import('./annotate.ts')).annotate,
  )
    .option('--kind <kind>', `the condition: ${ANNOTATE_KINDS.join(', ')}`, ANNOTATE_KINDS[0])
    .option('--style <style>', 'how landmarks are drawn: spiga-seg (the default), points or wireframe')
    .option('--quality <quality>', 'how landmarks are found: best (the default) or fast')
    .option('--overlay', 'also draw the landmarks over the picture: photo.overlay.png')
    .option('--out <dir>', 'write here, not beside the pictures')
    .option('--annotator <annotator>', 'what finds the faces: embedded (the default) or spiga')
    .option('--size <pixels>', 'write what the training sees: a square of this size', sideLength)
    .addHelpText('after', ANNOTATE_HELP)
  withSet(
    add(
      'prepare [config]',
      'pictures → dataset folder; resumable',
      async () => (await import('./prepare.ts')).prepare,
    ),
  )
  withSet(
    add(
      'train [config]',
      'carry the plan out, to a verified model',
      async () => (await import('./train.ts')).train,
    ),
  )
    .option('--again', 'start anew, even when nothing changed')
    .option('--plan <file>', 'carry out a saved plan; refuses when anything changed since')
  add(
    'resume [run]',
    'go on from the newest whole checkpoint',
    async () => (await import('./resume.ts')).resume,
  )
  withSet(
    add('env <action> [config]', 'the pinned venv: create, show', async () => (await import('./env.ts')).env),
  )
  add(
    'models <action> [name]',
    'annotators and picture sets: list, fetch',
    async () => (await import('./models.ts')).models,
  ).option('--yes', 'agree to the terms without being asked')
  add('schema', 'print the JSON Schema of the config', async () => (await import('./schema.ts')).schema)
  for (const name of NOT_YET) {
    add(`${name} [args...]`, 'not available yet', async () =>
      (await import('./not-yet.ts')).notYet(name),
    ).allowUnknownOption()
  }
  return program
}

const ANNOTATE_HELP = `
Paths are pictures, or folders with pictures in them. For each photo.jpg it writes
  photo.conditioning.png   the condition, as large as the picture; with --size a square around the
                           largest face, or the middle of the picture where no faces are needed
  photo.landmarks.json     the faces found; only for face-landmarks

Exit code 4: nothing could be made of any picture (no faces, or none can be read).`

const NOT_YET = ['doctor', 'stop', 'status', 'logs', 'generate', 'evaluate', 'report', 'publish', 'clean']

function collect(value: string, all: string[]): string[] {
  return [...all, value]
}

/** As `dataset.resolution`, which it stands for. */
function sideLength(value: string): number {
  const side = /^\d+$/.test(value) ? Number(value) : NaN
  if (side >= 64 && side <= 2048) return side
  throw new InvalidArgumentError('Expected a whole number of pixels, 64 to 2048.')
}

function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
