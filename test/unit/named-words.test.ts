/** Messages name commands, flags, keys and files: each of them exists. Reads the texts in the source. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { COMMAND_NAMES, COMMANDS_TO_COME } from '../../src/command-line.ts'
import { knownKeys } from '../../src/config/schema-shape.ts'
import { completeCommands, kitCommand } from '../../src/next-step.ts'
import { findUpstreamArgument } from '../../src/trainer/upstream-arguments.ts'
import { packageRoot } from '../../src/tools/package-root.ts'
import { told } from './told.ts'

interface Text {
  readonly file: string
  readonly text: string
  /** Property that holds it: `purpose`; empty elsewhere. */
  readonly property: string
}

/** Every text in `src/`, without comments. */
function listTexts(): Text[] {
  const files = readdirSync(join(packageRoot, 'src'), { recursive: true, encoding: 'utf8' })
  return files.filter((file) => /\.c?ts$/.test(file)).flatMap((file) => textsOf(join('src', file)))
}

function textsOf(file: string): Text[] {
  const source = ts.createSourceFile(
    file,
    readFileSync(join(packageRoot, file), 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  )
  const texts: Text[] = []
  const visit = (node: ts.Node): void => {
    if (
      ts.isStringLiteralLike(node) ||
      ts.isTemplateHead(node) ||
      ts.isTemplateMiddle(node) ||
      ts.isTemplateTail(node)
    )
      texts.push({ file, text: node.text, property: propertyOf(node) })
    ts.forEachChild(node, visit)
  }
  visit(source)
  return texts
}

function propertyOf(node: ts.Node): string {
  let at = node.parent as ts.Node | undefined
  while (at !== undefined && (ts.isTemplateExpression(at) || ts.isTemplateSpan(at))) at = at.parent
  return at !== undefined && ts.isPropertyAssignment(at) ? at.name.getText() : ''
}

const texts = listTexts()
const named = (pattern: RegExp): { place: string; word: string }[] =>
  texts.flatMap(({ file, text }) =>
    [...text.matchAll(pattern)].map(([whole, word]) => ({ place: `${file}: ${text}`, word: word ?? whole })),
  )

it('there are texts to look at', () => expect(texts.length).toBeGreaterThan(2000))

it('commands are written by kitCommand alone; only locks tell who holds them in plain words', () => {
  const names = [...COMMAND_NAMES, ...COMMANDS_TO_COME].join('|')
  const plain = texts.filter(({ text }) => new RegExp(`controlnet-kit (${names})\\b`).test(text))
  expect(plain.filter(({ property }) => property !== 'purpose')).toEqual([])
})

it('overrides in messages are written by setWords, but in the examples of the help and the reference', () => {
  const plain = texts.filter(
    ({ file, text, property }) =>
      /--set [a-z_]+[.=]/.test(text) && property !== 'example' && file !== 'src/config/document.ts',
  )
  expect(plain).toEqual([])
})

it('keys in messages are keys of the config', () => {
  const tops = ['condition', 'dataset', 'base_model', 'environment', 'train', 'launch']
  const found = named(
    new RegExp(`(?<![\\w./{-])((?:${tops.join('|')})\\.[a-z_0-9]+(?:\\.[a-z_0-9]+)*)(?![\\w/(-])`, 'g'),
  )
  expect(found.length).toBeGreaterThan(50)
  const unknown = found.filter(
    ({ place, word }) =>
      !isKey(word.split('.')) && !/\.(py|png|json)$/.test(word) && !place.startsWith('src/config/not-yet.ts'),
  )
  expect(unknown).toEqual([])
})

function isKey(path: readonly string[]): boolean {
  const last = path.at(-1)!
  // Behind `train.extra` stand flags of diffusers' script.
  if (path.length === 3 && path.slice(0, 2).join('.') === 'train.extra')
    return findUpstreamArgument(last)?.set === 'extra'
  return knownKeys(path.slice(0, -1), undefined).includes(last)
}

it('documents in messages are there, and come with the package', () => {
  const found = named(/docs\/[\w./-]+\.md/g)
  expect(found.length).toBeGreaterThan(5)
  expect(found.filter(({ word }) => !existsSync(join(packageRoot, word)))).toEqual([])
  const { files } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { files: string[] }
  expect(files).toContain('docs/*.md')
})

describe('kitCommand', () => {
  it.each([
    [kitCommand('train'), {}, 'controlnet-kit train'],
    [
      kitCommand('train'),
      { kit: 'npx controlnet-kit', config: 'my face.yaml' },
      "npx controlnet-kit train 'my face.yaml'",
    ],
    [
      kitCommand('train', { flags: { again: true }, set: { 'train.preset': '16gb' } }),
      { config: 'a.yaml', set: ['train.seed=7'], folder: 'there' },
      'controlnet-kit train a.yaml --set train.seed=7 -C there --again --set train.preset=16gb',
    ],
    [kitCommand('resume'), { run: 'x/runs/1', config: 'a.yaml' }, 'controlnet-kit resume x/runs/1'],
    [
      kitCommand('env', { action: 'clean', flags: { yes: true } }),
      { config: 'a.yaml' },
      'controlnet-kit env clean a.yaml --yes',
    ],
    [
      kitCommand('annotate', { words: ["it's me.jpg"] }),
      { folder: 'there' },
      "controlnet-kit annotate 'it'\\''s me.jpg'",
    ],
    [kitCommand('plan', { flags: { out: 'a b.json' } }), {}, "controlnet-kit plan --out 'a b.json'"],
  ])('%s', (command, invocation, text) => {
    expect(told(command, invocation)).toBe(text)
  })

  it('can name only what exists', () => {
    // @ts-expect-error no such command
    expect(() => kitCommand('doctor')).toThrow()
    // @ts-expect-error no such flag
    kitCommand('plan', { flags: { again: true } })
    // @ts-expect-error no such key
    kitCommand('train', { set: { 'train.presets': 'cpu' } })
    // @ts-expect-error no such action
    kitCommand('env', { action: 'remove' })
    // @ts-expect-error a command with actions needs one
    kitCommand('env')
    // @ts-expect-error it takes no overrides
    kitCommand('init', { set: { 'train.preset': 'cpu' } })
  })

  it('is completed in every text of a document', () => {
    const document = {
      checks: [{ remedy: `Fetch it: ${kitCommand('models', { action: 'list' })}` }],
      count: 1,
    }
    const installed = { kit: 'k', folder: null, config: null, set: [], run: null }
    expect(completeCommands(document, installed)).toEqual({
      checks: [{ remedy: 'Fetch it: k models list' }],
      count: 1,
    })
  })
})
