/** The command line, made from `command-line.ts`. Handlers, and all that only they need, are loaded when they run. */
import { readFileSync } from 'node:fs'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import {
  COMMAND_NAMES,
  COMMANDS,
  COMMANDS_TO_COME,
  COMMON_FLAGS,
  type CommandName,
  type CommandSpec,
} from '../command-line.ts'
import { kitHelp } from '../next-step.ts'
import { observeStart } from '../ui/how-started.ts'
import type { CommonFlags, Output } from './output.ts'

type Handler = (args: readonly unknown[], flags: CommonFlags, output: Output) => Promise<number>

const HANDLERS: Readonly<Record<CommandName, () => Promise<Handler>>> = {
  init: async () => (await import('./init.ts')).init,
  plan: async () => (await import('./plan.ts')).plan,
  annotate: async () => (await import('./annotate.ts')).annotate,
  prepare: async () => (await import('./prepare.ts')).prepare,
  train: async () => (await import('./train.ts')).train,
  resume: async () => (await import('./resume.ts')).resume,
  status: async () => (await import('./status.ts')).status,
  logs: async () => (await import('./logs.ts')).logs,
  stop: async () => (await import('./stop.ts')).stop,
  generate: async () => (await import('./generate.ts')).generate,
  evaluate: async () => (await import('./evaluate.ts')).evaluate,
  env: async () => (await import('./env.ts')).env,
  models: async () => (await import('./models.ts')).models,
  schema: async () => (await import('./schema.ts')).schema,
}

/** Runs one command line and returns the exit code. Nothing is printed after it resolves. */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  const state = { code: 0 }
  const program = createProgram(state)
  // The kinds that there are take long to load, for a help that does not list them.
  if (argv.includes('annotate')) (await import('./annotate-choices.ts')).addAnnotateChoices(program)
  try {
    await program.parseAsync(asHelpFlag(argv), { from: 'user' })
    return state.code
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return 0
    if (argv.includes('--json')) process.stdout.write(`${JSON.stringify(await mistake(error))}\n`)
    return 2
  }
}

/** `help train` is `train --help`, so that a name that does not exist is told like any other. */
function asHelpFlag(argv: readonly string[]): string[] {
  const [first, ...rest] = argv
  return first === 'help' ? [...rest, '--help'] : [...argv]
}

/** What programs read of a wrong command line; people have been told already. */
async function mistake({ message }: CommanderError): Promise<unknown> {
  const [{ UserError }, { errorDocument }] = await Promise.all([
    import('../errors.ts'),
    import('../ui/print-error.ts'),
  ])
  return errorDocument(new UserError(message.replace(/^error: /, ''), { reason: 'usage' }))
}

interface State {
  code: number
}

function createProgram(state: State): Command {
  const { kit } = observeStart()
  const program = new Command(kit)
    .description('Plan a condition, build its dataset and train a ControlNet: one config file, two commands.')
    .exitOverride()
    .showSuggestionAfterError()
    .showHelpAfterError(`(${kit} --help shows the commands)`)
    .enablePositionalOptions()
    .helpCommand(false)
    .addOption(new Option(COMMON_FLAGS.directory.usage).hideHelp())
  program.version(readVersion(), '-V, --version')
  for (const name of COMMAND_NAMES) addCommand(program, name, { kit, state })
  for (const name of COMMANDS_TO_COME) addCommandToCome(program, name, state)
  return program
}

function addCommand(
  program: Command,
  name: CommandName,
  { kit, state }: { kit: string; state: State },
): void {
  const { usage, about, example, flags }: CommandSpec = COMMANDS[name]
  const command = program.command(`${name} ${usage}`.trimEnd()).description(about).exitOverride()
  command.addHelpText('before', `Example:  ${kit} ${`${name} ${example}`.trimEnd()}\n`)
  for (const flag of Object.values(COMMON_FLAGS)) command.option(flag.usage, flag.about)
  for (const [flag, spec] of Object.entries(flags)) {
    const option = new Option(spec.usage, spec.about).hideHelp(spec.hidden === true)
    PARSERS[flag]?.(option)
    command.addOption(option)
  }
  command.action(async (...all: unknown[]) => {
    const args = all.slice(0, -2)
    const given = { ...program.opts<CommonFlags>(), ...command.opts<CommonFlags>() }
    const { createOutput } = await import('./output.ts')
    const output = createOutput(name, args, given)
    state.code = await output.guard(async () => (await HANDLERS[name]())(args, given, output))
  })
}

/** Flags whose value is more than a text. */
const PARSERS: Readonly<Record<string, (option: Option) => void>> = {
  set: (option) => void option.argParser(collect).default([]),
  size: (option) => void option.argParser(sideLength),
  'max-time': (option) => void option.argParser(readDuration),
  count: (option) => void option.argParser(wholeNumber),
}

/** No help lists it; whoever calls it is told that it is still to come. */
function addCommandToCome(program: Command, name: string, state: State): void {
  const command = program
    .command(`${name} [args...]`, { hidden: true })
    .allowUnknownOption()
    .helpOption(false)
    .exitOverride()
  for (const flag of Object.values(COMMON_FLAGS)) command.option(flag.usage, flag.about)
  command.action(async () => {
    const [{ createOutput }, { UserError }] = await Promise.all([
      import('./output.ts'),
      import('../errors.ts'),
    ])
    const output = createOutput(name, [], command.opts<CommonFlags>())
    state.code = await output.guard(async () => {
      throw new UserError(`The command ${name} is not available yet.`, {
        reason: 'usage',
        code: 'not-available',
        hint: `See what there is: ${kitHelp()}`,
      })
    })
  })
}

function collect(value: string, all: string[]): string[] {
  return [...all, value]
}

function wholeNumber(value: string): number {
  const number = /^\d+$/.test(value) ? Number(value) : 0
  if (number >= 1 && Number.isSafeInteger(number)) return number
  throw new InvalidArgumentError('Expected a whole number, 1 or more.')
}

/** As `dataset.resolution`, which it stands for. */
function sideLength(value: string): number {
  const side = /^\d+$/.test(value) ? Number(value) : NaN
  if (side >= 64 && side <= 2048) return side
  throw new InvalidArgumentError('Expected a whole number of pixels, 64 to 2048.')
}

/** `5h50m`, `90m`, `1d`: seconds. */
function readDuration(value: string): number {
  const parts = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(value)?.slice(1) ?? []
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = parts.map((part) => Number(part ?? 0))
  const all = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
  if (all > 0) return all
  throw new InvalidArgumentError('Expected a time such as 5h50m, 90m or 45s.')
}

function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
