/** Lint. The import rules are the table of docs/architecture.md; test/unit/import-rules.test.ts shows what they refuse. */
import { defineConfig, globalIgnores } from 'eslint/config'
import tseslint from 'typescript-eslint'

/** Which rooms of `src/` each room may look into. Everybody may import the files of `src/` itself that all share (words.ts among them), and faces/face. */
const MAY_IMPORT = {
  cli: ['config', 'facts', 'plan', 'stages', 'run', 'actions', 'evaluation', 'ui'],
  actions: [
    ...['config', 'plan', 'annotators', 'sources', 'conditions', 'raster', 'faces', 'dataset', 'formats'],
    ...['trainer', 'environment', 'presets', 'evaluation', 'tools'],
  ],
  config: [
    ...[
      'base-models',
      'conditions',
      'presets',
      'formats',
      'dataset',
      'environment',
      'generated-faces',
      'trainer',
    ],
  ],
  plan: [
    ...[
      'base-models',
      'conditions',
      'dataset',
      'formats',
      'generated-faces',
      'presets',
      'environment',
      'trainer',
    ],
    'evaluation',
  ],
  stages: [
    ...['sources', 'annotators', 'conditions', 'raster', 'faces', 'dataset', 'formats', 'generated-faces'],
    ...['base-models', 'pages', 'publishing', 'trainer', 'environment', 'presets', 'evaluation', 'tools'],
  ],
  sources: ['dataset', 'formats', 'faces', 'generated-faces', 'tools'],
  annotators: ['sources', 'dataset', 'formats', 'faces', 'raster', 'tools'],
  conditions: ['faces', 'raster'],
  raster: [],
  faces: ['raster'],
  dataset: ['conditions', 'faces', 'formats', 'raster'],
  formats: [],
  'generated-faces': ['faces'],
  'base-models': ['environment', 'presets'],
  trainer: ['base-models', 'formats', 'environment', 'presets'],
  environment: [],
  presets: ['environment'],
  evaluation: ['faces', 'raster', 'generated-faces'],
  pages: ['conditions', 'dataset', 'formats'],
  publishing: ['base-models'],
  tools: [
    ...['conditions', 'raster', 'faces', 'dataset', 'formats', 'generated-faces'],
    ...['base-models', 'trainer', 'environment'],
  ],
  ui: ['evaluation'],
}
const PURE = [
  ...['config', 'plan', 'conditions', 'raster', 'faces', 'dataset', 'formats', 'generated-faces'],
  ...['base-models', 'trainer', 'environment', 'presets', 'evaluation', 'pages', 'publishing'],
]
/**
 * Rooms whose kinds say in pure files what they are (`index.ts`, `<kind>/spec.ts`, `<room>-spec.ts`); what acts is loaded when it
 * acts. These rooms may import the pure files, whatever else they may not.
 */
const REGISTRIES = ['annotators', 'sources']
const MAY_IMPORT_SPECS = ['config', 'plan', 'conditions', 'dataset', 'pages', 'publishing', 'cli']
const SPEC_FILE = '([\\w-]+/spec|index|[\\w-]+-spec)\\.ts$'
const READS_ENVIRONMENT = ['tools', 'ui']
const PRINTS = ['cli', 'ui']

const PURE_PACKAGES = [
  '@huggingface/tokenizers',
  'zod',
  'yaml',
  'fastest-levenshtein',
  'hyparquet',
  'hyparquet-writer',
]
const PURE_NODE_MODULES = ['path', 'path/posix', 'crypto', 'util', 'zlib', 'buffer']
const ONLY_IN_TOOLS = [
  'child_process',
  'execa',
  'sharp',
  'onnxruntime-node',
  'onnxruntime-web',
  'onnxruntime-common',
]

const IMPURE_GLOBALS = [
  ...['process', 'fetch', 'performance', 'globalThis', 'navigator', 'crypto'],
  ...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'],
]
const IMPURE_SYNTAX = [
  {
    selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
    message: 'This folder is pure: take the time as an argument.',
  },
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'This folder is pure: take the time as an argument.',
  },
  {
    selector: "MemberExpression[object.name='Math'][property.name='random']",
    message: 'This folder is pure: take a seed as an argument.',
  },
  { selector: 'ImportExpression', message: 'This folder is pure: import at the top.' },
]
const ENVIRONMENT_SYNTAX = [
  "MemberExpression[object.name='process'][property.name='env']",
  "VariableDeclarator[init.name='process'] > ObjectPattern > Property[key.name='env']",
  "ImportDeclaration[source.value=/^(node:)?process$/] > ImportSpecifier[imported.name='env']",
].map((selector) => ({
  selector,
  message: 'process.env is read in config/load.ts, tools/ and ui/ only.',
}))

const CORE_RULES = [
  ...['eqeqeq', 'object-shorthand', 'prefer-const', 'no-var', 'no-empty', 'no-fallthrough', 'no-debugger'],
  ...[
    'no-self-assign',
    'no-self-compare',
    'no-constant-condition',
    'no-unsafe-finally',
    'no-loss-of-precision',
  ],
  ...[
    'no-useless-escape',
    'no-useless-catch',
    'no-template-curly-in-string',
    'no-unreachable-loop',
    'no-eval',
    'no-control-regex',
  ],
]

/** A spec names the modules beside it that act, and loads none of them by itself. */
const SPEC_SYNTAX = IMPURE_SYNTAX.map((rule) =>
  rule.selector === 'ImportExpression'
    ? { ...rule, selector: 'ImportExpression:not([source.value=/^\\.\\u002f[\\w-]+\\.ts$/])' }
    : rule,
)

/** The rules of one room. */
function roomRules(room, { pure = PURE.includes(room), alsoMayImport = [], impure = IMPURE_SYNTAX } = {}) {
  const allowed = [room, ...(MAY_IMPORT[room] ?? []), ...alsoMayImport]
  const readsEnvironment = READS_ENVIRONMENT.includes(room) || (room === 'config' && !pure)
  const syntax = [...(pure ? impure : []), ...(readsEnvironment ? [] : ENVIRONMENT_SYNTAX)]
  return {
    'no-restricted-imports': [
      'error',
      { patterns: [...roomPatterns(room, allowed), ...packagePatterns(room, pure)] },
    ],
    'no-restricted-syntax': listOrOff(syntax),
    'no-restricted-globals': listOrOff(pure ? IMPURE_GLOBALS : []),
    'no-console': PRINTS.includes(room) ? 'off' : 'error',
  }
}

/** What acts is not imported at the top, neither from beside the spec nor from `tools/`. */
function specRules(room) {
  const rules = roomRules(room, { pure: true, impure: SPEC_SYNTAX })
  const [level, { patterns }] = rules['no-restricted-imports']
  const acts = {
    regex: `^\\./|^\\.\\./(?!\\.\\./|${SPEC_FILE})|^(\\.\\./)+tools/`,
    message: 'A spec is pure: load what acts with import() when it is to act.',
  }
  return { ...rules, 'no-restricted-imports': [level, { patterns: [...patterns, acts] }] }
}

/** `['error']` alone would keep the options of an earlier block. */
function listOrOff(options) {
  return options.length > 0 ? ['error', ...options] : 'off'
}

function roomPatterns(room, allowed) {
  const folders = Object.keys(MAY_IMPORT).filter((other) => !allowed.includes(other))
  const closed = MAY_IMPORT_SPECS.includes(room) ? folders.filter((other) => REGISTRIES.includes(other)) : []
  const files = ['facts', 'run', 'main'].filter((file) => !allowed.includes(file))
  return [
    {
      regex: `^(\\.{1,2}/)*\\.\\./(?!faces/face\\.ts$)${exceptSpecs(closed)}(${folders.join('|')})/`,
      message: `src/${room} may import: ${allowed.filter((name) => name !== room).join(', ') || 'no other folder'}.`,
    },
    {
      regex: `^(\\.\\./)+(${files.join('|')})\\.ts$`,
      message: `src/${room} is below that file: pass the value in.`,
    },
  ]
}

function exceptSpecs(rooms) {
  return rooms.length === 0 ? '' : `(?!(${rooms.join('|')})/${SPEC_FILE})`
}

function packagePatterns(room, pure) {
  if (pure) {
    const allowed = [...PURE_PACKAGES, ...PURE_NODE_MODULES.map((name) => `(node:)?${name}`)]
    return [
      { regex: `^(?!\\.)(?!(${allowed.join('|')})$)`, message: `src/${room} is pure: no such package here.` },
      {
        group: ['node:crypto', 'crypto'],
        importNamePattern: '^(random|webcrypto|getRandom)',
        message: 'No randomness here.',
      },
    ]
  }
  if (room === 'tools') return []
  return [
    {
      regex: `^(node:)?(${ONLY_IN_TOOLS.join('|')})(/|$)`,
      message: 'Outside programs and heavy libraries have their one thin wrapper in src/tools.',
    },
  ]
}

const rooms = Object.keys(MAY_IMPORT).map((room) => ({
  files: [`src/${room}/**/*.ts`],
  rules: roomRules(room),
}))

export default defineConfig(
  globalIgnores([
    'dist/',
    'build/',
    'node_modules/',
    'models/',
    'python/',
    'dataset/',
    'runs/',
    'quickstart/',
    'test/fixtures/',
  ]),
  tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      ...Object.fromEntries(CORE_RULES.map((rule) => [rule, 'error'])),
      '@typescript-eslint/unbound-method': 'off', // records of functions are welcome
      '@typescript-eslint/no-unused-expressions': ['error', { allowShortCircuit: true, allowTernary: true }],
      '@typescript-eslint/require-await': 'off', // an interface may ask for a promise
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/prefer-promise-reject-errors': 'off', // what is passed on was caught as unknown
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  { files: ['src/*.ts'], rules: { 'no-restricted-syntax': ['error', ...ENVIRONMENT_SYNTAX] } },
  ...rooms,
  ...REGISTRIES.map((room) => ({
    files: [`src/${room}/*-spec.ts`, `src/${room}/index.ts`],
    rules: roomRules(room, { pure: true }),
  })),
  ...REGISTRIES.map((room) => ({ files: [`src/${room}/*/spec.ts`], rules: specRules(room) })),
  { files: ['src/config/load.ts'], rules: roomRules('config', { pure: false, alsoMayImport: ['tools'] }) },
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unnecessary-type-assertion': 'off', // a table's type may hang on it
    },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: {
      globals: Object.fromEntries(
        ['process', 'console', 'URL', 'Buffer', 'fetch', 'setTimeout', 'clearTimeout', 'performance'].map(
          (name) => [name, 'readonly'],
        ),
      ),
    },
  },
)
