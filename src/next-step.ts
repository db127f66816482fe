/**
 * The commands that messages name. `kitCommand` writes one with slots for what only the start of the program knows: how it was
 * started, in which folder, with which config and run. `completeCommands` fills the slots where a message leaves the program.
 */
import { COMMANDS, type ActionOf, type CommandName, type CommandSpec, type FlagOf } from './command-line.ts'
import type { ConfigKey } from './config/schema.ts'
import { mapStrings } from './map-strings.ts'

/** How this program was started. */
export interface Invocation {
  /** `npx controlnet-kit`, `node dist/start.cjs`: what a person types in the folder where they are. */
  readonly kit: string
  /** Value for `-C`: the folder in which the program works; null when it is the folder where the person is. */
  readonly folder: string | null
  /** The config as the person named it; null for ./controlnet.yaml. */
  readonly config: string | null
  /** The person's own `--set` words. */
  readonly set: readonly string[]
  /** The run, where `resume` alone would not find it; else null. */
  readonly run: string | null
}

/** For texts that others read elsewhere: a model card, a page. */
export const ANYWHERE: Invocation = {
  kit: 'npx controlnet-kit',
  folder: null,
  config: null,
  set: [],
  run: null,
}

const SLOTS = {
  kit: '{kit}',
  folder: '{kit_folder}',
  config: '{kit_config}',
  run: '{kit_run}',
} as const

type Words<Name extends CommandName> = {
  /** Positional words in place of the config or run that the program was started with. */
  readonly words?: readonly string[]
  readonly flags?: { readonly [Flag in Exclude<FlagOf<Name>, 'set'>]?: string | true }
} & (FlagOf<Name> extends infer Flag
  ? 'set' extends Flag
    ? { readonly set?: Overrides }
    : unknown
  : never) &
  (ActionOf<Name> extends never ? unknown : { readonly action: ActionOf<Name> })

export type Overrides = { readonly [Key in ConfigKey]?: string | number | boolean }

/** A command of the kit, as a message shows it: `{kit} train{kit_config}{kit_folder} --again`. */
export function kitCommand<Name extends CommandName>(
  name: Name,
  ...[given]: ActionOf<Name> extends never ? [Words<Name>?] : [Words<Name>]
): string {
  const { usage }: CommandSpec = COMMANDS[name]
  const { action, words, flags = {}, set = {} } = (given ?? {}) as AnyWords
  const slot = usage.includes('[config]') ? SLOTS.config : usage.includes('[run]') ? SLOTS.run : ''
  const command = [
    `${SLOTS.kit} ${name}`,
    ...(action === undefined ? [] : [` ${action}`]),
    ...(words === undefined ? [slot] : words.map((word) => ` ${quoteWord(word)}`)),
    // Paths that other commands take are the person's own, from where they are.
    ...(slot === '' && !usage.includes('[dir]') ? [] : [SLOTS.folder]),
    ...Object.entries(flags).map(
      ([flag, value]) => ` --${flag}${value === true ? '' : ` ${quoteWord(value)}`}`,
    ),
    ...Object.entries(set).map(([key, value]) => ` ${setWords({ [key]: value })}`),
  ]
  return glue(command.join(''))
}

interface AnyWords {
  readonly action?: string
  readonly words?: readonly string[]
  readonly flags?: Readonly<Record<string, string | true>>
  readonly set?: Readonly<Record<string, string | number | boolean>>
}

/** `--set train.preset=16gb`, for messages that name a setting and no command. */
export function setWords(overrides: Overrides): string {
  return shellCommand(
    Object.entries(overrides)
      .map(([key, value]) => `--set ${quoteWord(`${key}=${String(value)}`)}`)
      .join(' '),
  )
}

/** Words to copy into a shell, such as another program's command: they are never broken over two lines. */
export function shellCommand(words: string): string {
  return glue(words)
}

/** `--help` of a command, or of the whole. */
export function kitHelp(name?: CommandName): string {
  return glue(`${SLOTS.kit}${name === undefined ? '' : ` ${name}`} --help`)
}

/** Fills the slots in every string of a value. Each completed command can be typed where the person is. */
export function completeCommands<T>(value: T, invocation: Invocation): T {
  return mapStrings(fillCommands(value, invocation), (text) => text.replaceAll(GLUE, ' '))
}

/** Fills the slots and keeps each command one word, for texts that are broken into lines before they are completed. */
export function fillCommands<T>(value: T, { kit, folder, config, set, run }: Invocation): T {
  const sets = set.map((words) => ` --set ${quoteWord(words)}`).join('')
  const texts: readonly (readonly [string, string])[] = [
    [SLOTS.kit, kit],
    [SLOTS.folder, folder === null ? '' : ` -C ${quoteWord(folder)}`],
    [SLOTS.config, `${config === null ? '' : ` ${quoteWord(config)}`}${sets}`],
    [SLOTS.run, run === null ? '' : ` ${quoteWord(run)}`],
  ]
  return mapStrings(value, (text) =>
    texts.reduce((all, [slot, words]) => all.replaceAll(slot, () => glue(words)), text),
  )
}

/** Stands for a blank within a command: a command that is broken over two lines can't be copied. For private use in Unicode. */
const GLUE = '\ue000'

function glue(command: string): string {
  return command.replaceAll(' ', GLUE)
}

/** As a POSIX shell takes it for one word. */
export function quoteWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
