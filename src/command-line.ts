/**
 * The command line as data: every command with its arguments and flags. `cli/program.ts` is built from it, and so are the
 * commands that messages name (`next-step.ts`): a message can't name a command or flag that does not exist.
 */

/** A flag as the help shows it: `--out <file>`, and what it does. */
export interface FlagSpec {
  readonly usage: string
  readonly about: string
  /** The kit gives it to itself: no help lists it. */
  readonly hidden?: true
}

export interface CommandSpec {
  /** Positional arguments: `[config]`. */
  readonly usage: string
  readonly about: string
  /** Words behind the command in the example that its help begins with. */
  readonly example: string
  /** What the first positional argument is called with: a verb such as `fetch`. Empty: the command has no verbs. */
  readonly actions: readonly string[]
  readonly flags: Readonly<Record<string, FlagSpec>>
}

const SET = { usage: '--set <key=value>', about: 'override a key of the config (repeatable)' }
const DETACH = {
  usage: '--detach',
  about: 'return once it has begun; it goes on when the terminal is closed',
}
const MAX_TIME = {
  usage: '--max-time <time>',
  about: 'stop after the last checkpoint that this time has room for, with exit code 75: 5h50m',
}
const IN_RUN = {
  usage: '--in-run <folder>',
  about: 'the run folder that the starting process chose',
  hidden: true,
} as const
const YES = { usage: '--yes', about: 'do it without asking' }

/** Flags that every command takes. */
export const COMMON_FLAGS = {
  json: { usage: '--json', about: 'print JSON on stdout' },
  quiet: { usage: '--quiet', about: 'print results and errors only' },
  'no-color': { usage: '--no-color', about: 'no colours' },
  directory: { usage: '-C, --directory <dir>', about: 'start in this folder: relative paths begin here' },
} as const satisfies Readonly<Record<string, FlagSpec>>

/** In the order in which the help lists them. */
export const COMMANDS = {
  init: {
    usage: '[dir]',
    about: 'write a short commented controlnet.yaml',
    example: '',
    actions: [],
    flags: {},
  },
  plan: {
    usage: '[config]',
    about: 'show what will be done, and how; touches nothing',
    example: '',
    actions: [],
    flags: {
      set: SET,
      out: { usage: '--out <file>', about: 'also save the plan as JSON' },
      offline: { usage: '--offline', about: 'ask nothing of the network' },
      commands: { usage: '--commands', about: 'show the exact commands of every stage' },
      compare: { usage: '--compare', about: 'show what the training would cost on every rented card' },
      gpu: { usage: '--gpu <card>', about: 'plan for this card, empty, such as rtx-4090 or a100-80gb' },
    },
  },
  annotate: {
    usage: '<paths...>',
    about: 'any picture → conditioning image and landmarks',
    example: 'photo.jpg',
    actions: [],
    flags: {
      kind: { usage: '--kind <kind>', about: 'the condition' },
      style: {
        usage: '--style <style>',
        about: 'how landmarks are drawn',
      },
      quality: { usage: '--quality <quality>', about: 'how landmarks are found' },
      overlay: { usage: '--overlay', about: 'also draw the landmarks over the picture: photo.overlay.png' },
      out: { usage: '--out <dir>', about: 'write here, not beside the pictures' },
      annotator: {
        usage: '--annotator <annotator>',
        about: 'what finds the faces',
      },
      size: { usage: '--size <pixels>', about: 'write what the training sees: a square of this size' },
    },
  },
  prepare: {
    usage: '[config]',
    about: 'pictures → dataset folder; resumable',
    example: '',
    actions: [],
    flags: { set: SET },
  },
  train: {
    usage: '[config]',
    about: 'carry the plan out, to a verified model',
    example: '--set train.num_train_epochs=5',
    actions: [],
    flags: {
      set: SET,
      again: { usage: '--again', about: 'start anew, even when nothing changed' },
      plan: {
        usage: '--plan <file>',
        about: 'carry out a saved plan; refuses when anything changed since',
      },
      detach: DETACH,
      'max-time': MAX_TIME,
      'in-run': IN_RUN,
    },
  },
  resume: {
    usage: '[run]',
    about: 'go on from the newest whole checkpoint, as the run recorded it',
    example: '',
    actions: [],
    flags: {
      set: { ...SET, about: 'override a key that does not change what is learned (repeatable)' },
      detach: DETACH,
      'max-time': MAX_TIME,
    },
  },
  status: {
    usage: '[run]',
    about: 'what a run is doing, from any other shell',
    example: '',
    actions: [],
    flags: {},
  },
  logs: {
    usage: '[run]',
    about: "a run's log: its newest attempt",
    example: '--follow',
    actions: [],
    flags: {
      follow: {
        usage: '-f, --follow',
        about: 'go on as the run does, also over later attempts, until it is done',
      },
      trainer: { usage: '--trainer', about: 'all that the trainer printed, as it is' },
    },
  },
  stop: {
    usage: '[run]',
    about: 'stop a run cleanly; resume goes on with it',
    example: '',
    actions: [],
    flags: {},
  },
  generate: {
    usage: '',
    about: 'pictures from a trained model and a photo, a conditioning image or landmarks',
    example: "--photo me.jpg --prompt 'an oil painting'",
    actions: [],
    flags: {
      photo: { usage: '--photo <file>', about: 'annotate this photo, and draw what it drives' },
      conditioning: { usage: '--conditioning <file>', about: 'take this conditioning image as it is' },
      landmarks: { usage: '--landmarks <file>', about: 'draw the condition from these landmarks (JSON)' },
      batch: { usage: '--batch <file>', about: 'a JSON object a line, each with any of these flags as keys' },
      model: {
        usage: '--model <model>',
        about: 'a run, or the folder of a ControlNet; default: the latest run',
      },
      prompt: { usage: '--prompt <text>', about: "default: the dataset's caption template" },
      negative: { usage: '--negative <text>', about: 'what the picture should not show' },
      count: { usage: '--count <n>', about: 'how many pictures, each with the next seed; default: 4' },
      seed: { usage: '--seed <n>', about: 'of the first picture; default: 0' },
      faces: { usage: '--faces <which>', about: 'largest or all; default: as in training' },
      guidance: {
        usage: '--guidance <x>',
        about: 'how closely the prompt is followed; default: of evaluate.guidance_scale',
      },
      scale: { usage: '--scale <x>', about: 'how closely the condition is followed, 0 to 2; default: 1' },
      steps: { usage: '--steps <n>', about: 'denoising steps; default: 20' },
      size: { usage: '--size <pixels>', about: 'side of the pictures; default: as trained' },
      out: { usage: '--out <dir>', about: 'write here; default: a new folder in ./generated' },
    },
  },
  evaluate: {
    usage: '[run]',
    about: 'how closely the model follows held-out conditions',
    example: '--best',
    actions: [],
    flags: {
      best: { usage: '--best', about: 'make the best step of the training the model' },
      count: { usage: '--count <n>', about: 'take so many held-out conditions, however long it takes' },
    },
  },
  env: {
    usage: '<action> [config]',
    about: 'the pinned venv: create, show, clean',
    example: 'show',
    actions: ['create', 'show', 'clean'],
    flags: { set: SET, yes: { ...YES, about: 'clean: remove what it lists' } },
  },
  models: {
    usage: '<action> [name]',
    about: 'annotators and picture sets: list, fetch',
    example: 'fetch spiga',
    actions: ['list', 'fetch'],
    flags: { yes: { ...YES, about: 'agree to the terms without being asked' } },
  },
  schema: {
    usage: '',
    about: 'print the JSON Schema of the config',
    example: '> controlnet.schema.json',
    actions: [],
    flags: {},
  },
} as const satisfies Readonly<Record<string, CommandSpec>>

export type CommandName = keyof typeof COMMANDS
export const COMMAND_NAMES = Object.keys(COMMANDS) as readonly CommandName[]

/** Commands that the design names and that do not exist yet: no help lists them, and whoever calls one is told. */
export const COMMANDS_TO_COME = ['doctor', 'report', 'publish', 'clean', 'completion'] as const

export type FlagOf<Name extends CommandName> = keyof (typeof COMMANDS)[Name]['flags'] & string
export type ActionOf<Name extends CommandName> = (typeof COMMANDS)[Name]['actions'][number]
