import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  cleanCaption,
  findMissingColumn,
  isDropped,
  planCaption,
  planCaptionNeeds,
  sidecarName,
} from '../../../../src/dataset/captions/captions.ts'
import { listVariables, parseTemplate } from '../../../../src/dataset/captions/caption-template.ts'
import { estimateTokens } from '../../../../src/dataset/captions/caption-length.ts'

test.each([
  ['  a face \n', 'a face'],
  ['two\nlines\r\nand\ta tab', 'two lines and a tab'],
  ['\uFEFFfrom Windows', 'from Windows'],
  ['red \u001b[31mtext\u0007', 'red [31mtext'],
  ['one\u2028line\u2029only\u0085please', 'one line only please'],
  ['çà 顔 🙂', 'çà 顔 🙂'],
  ['half \ud83d', 'half \ufffd'],
  ['\u0000\n', ''],
])('cleanCaption(%j)', (text, clean) => {
  expect(cleanCaption(text)).toBe(clean)
})

test('a clean caption is one well-formed line and stays as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const clean = cleanCaption(text)
      expect(clean).not.toMatch(/\p{Cc}|\p{Cs}|[\u2028\u2029]|^\s|\s$/u)
      expect(cleanCaption(clean)).toBe(clean)
    }),
  )
})

test.each([
  [{ template: ' a portrait ' }, null, 'a portrait'],
  [{ template: '' }, null, ''],
  [{ template: 'a portrait' }, 'ignored', 'a portrait'],
  [{ sidecar: '.txt' }, 'a man', 'a man'],
  [{ sidecar: '.txt' }, ' \n', null],
  [{ sidecar: '.txt' }, null, null],
])('planCaption(%j, %j)', (source, text, caption) => {
  expect(planCaption({ ...source, drop: 0 }, text)).toBe(caption)
})

test.each([
  ['a/b.jpg', '.txt', 'a/b.txt'],
  ['a/b.jpg', 'txt', 'a/b.txt'],
  ['a.b/c.tar.png', '.caption', 'a.b/c.tar.caption'],
  ['a.b/c', '.txt', 'a.b/c.txt'],
])('sidecarName(%j, %j)', (picture, extension, name) => {
  expect(sidecarName(picture, extension)).toBe(name)
})

const subject = {
  source: 'Anna Müller/holiday/IMG_1.final.jpg',
  values: {
    age: '34',
    tags: ' red\nhair ',
    empty: '',
    'two words': '顔',
    evil: 'x {age} \u0000\u0007, y',
    constructor: 'Lola',
  },
  attributes: { pose: 'facing the camera', mouth: '', expression: 'smiling', eyes: '' },
}
const fill = (template: string) => planCaption({ template, drop: 0 }, null, subject)

describe('templates', () => {
  test.each([
    ['a portrait', 'a portrait'],
    ['{filename} in {folder}', 'IMG_1.final in holiday'],
    ['a person of {age}, {tags}', 'a person of 34, red hair'],
    ['{ age } {two words}', '34 顔'],
    ['{{age}} is {age}', '{age} is 34'],
    ['{evil}', 'x {age} , y'],
    ['a {constructor}', 'a Lola'],
    ['a person, {pose}, {expression}', 'a person, facing the camera, smiling'],
    ['a person, {mouth}', 'a person'],
    ['a person, {mouth}, {expression}', 'a person, smiling'],
    ['a person, {mouth}, {eyes}, {expression}.', 'a person, smiling.'],
    ['{mouth}, {eyes}, a person', 'a person'],
    ['a {mouth} person', 'a person'],
    ['a {mouth} {eyes} person', 'a person'],
    ['a person ({mouth}, {eyes}) outside', 'a person outside'],
    ['a person ({mouth}, {expression})', 'a person (smiling)'],
    ['a person; {mouth}; {empty}!', 'a person!'],
    ['{mouth}', null],
    ['{mouth}, {eyes}', null],
    ['a person, , literally', 'a person, , literally'],
  ])('%j gives %j', (template, caption) => {
    expect(fill(template)).toBe(caption)
  })

  const said = { pose: 'head turned left', mouth: 'mouth open', expression: '', eyes: 'eyes closed' }
  test.each([
    ['smiling', 'a portrait photo of a smiling person, head turned left, mouth open, eyes closed'],
    ['serious', 'a portrait photo of a serious person, head turned left, mouth open, eyes closed'],
    ['', 'a portrait photo of a person, head turned left, mouth open, eyes closed'],
  ])('the template of the documentation reads well: %j', (expression, caption) => {
    const template = 'a portrait photo of a {expression} person, {pose}, {mouth}, {eyes}'
    const attributes = { ...said, expression }
    expect(planCaption({ template, drop: 0 }, null, { ...subject, attributes })).toBe(caption)
  })

  test.each([
    ['a.jpg', ''],
    ['b/a.jpg', 'b'],
    ['c/b/a.jpg', 'b'],
  ])('the folder of %s is %j', (source, folder) => {
    const caption = planCaption({ template: 'in {folder}', drop: 0 }, null, { ...subject, source })
    expect(caption).toBe(`in ${folder}`.trim())
  })

  test('a column that the picture has nothing in: no caption; one that is empty is empty', () => {
    const template = { template: '{age} {job}', drop: 0 }
    expect(planCaption(template, null, subject)).toBeNull()
    expect(findMissingColumn(template, subject.values)).toBe('job')
    expect(findMissingColumn({ template: '{empty}{pose}', drop: 0 }, subject.values)).toBeNull()
    expect(findMissingColumn({ template: '{constructor}', drop: 0 }, {})).toBe('constructor')
  })

  test.each([
    ['{a} {a} {pose} {filename} {{b}} { c }', ['a', 'pose', 'filename', 'c'], ['a', 'c']],
    ['nothing', [], []],
  ])('%j names its variables, and asks the source for its columns', (template, names, columns) => {
    expect(listVariables(template)).toEqual(names)
    expect(planCaptionNeeds({ template, drop: 0 })).toEqual({ sidecar: null, columns })
  })

  test.each([
    ['a {b', '{ at character 3 has no partner; for a brace in the text write {{'],
    ['a} b', '} at character 2 has no partner; for a brace in the text write }}'],
    ['a {b {c}', '{ at character 3 has no partner; for a brace in the text write {{'],
    ['{ }', '{} at character 1 names no variable'],
  ])('%j can not be read: %s', (template, problem) => {
    expect(parseTemplate(template)).toEqual({ problem })
  })

  test('whatever is filled in, a caption is one clean line', () => {
    const text = fc.string({ unit: 'binary' })
    fc.assert(
      fc.property(
        text,
        text,
        fc.constantFrom('{a}, {b}', 'x ({a}) {b}.', '{a}{b}', '{{{a}}} {b}'),
        (a, b, template) => {
          const caption = planCaption({ template, drop: 0 }, null, { ...subject, values: { a, b } })
          if (caption === null) return
          expect(cleanCaption(caption)).toBe(caption)
          expect(caption).not.toBe('')
        },
      ),
    )
  })

  test('ten thousand characters of any kind take no time', () => {
    const long = '顔 , ( '.repeat(2000)
    const values = { a: long, b: ' '.repeat(10_000) }
    const before = performance.now()
    const caption = planCaption({ template: '({a}, {b}, '.repeat(20), drop: 0 }, null, { ...subject, values })
    expect(performance.now() - before).toBeLessThan(2000)
    expect(caption!.length).toBeGreaterThan(100_000)
  })
})

describe('isDropped', () => {
  const hashes = Array.from({ length: 2000 }, (_, index) => `content ${index}`)
  test.each([0, 0.1, 0.5, 1])('a share of %d', (drop) => {
    const dropped = hashes.filter((hash) => isDropped({ template: '', drop }, hash)).length / hashes.length
    expect(Math.abs(dropped - drop)).toBeLessThan(0.03)
  })

  test('what a small share drops, a larger one drops, too', () => {
    const drop = (share: number) => hashes.filter((hash) => isDropped({ sidecar: '.txt', drop: share }, hash))
    expect(drop(0.3)).toEqual(expect.arrayContaining(drop(0.1)))
  })
})

test.each([
  ['', 2],
  ['a portrait photo of a person', 8],
  ['100%', 6],
  ['incomprehensibilities', 5],
  ['顔の写真', 10],
])('about how many tokens %j has: %i', (text, tokens) => {
  expect(estimateTokens(text)).toBe(tokens)
})
