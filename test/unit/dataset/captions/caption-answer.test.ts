import { expect, it } from 'vitest'
import { parseCaptionAnswer } from '../../../../src/dataset/captions/caption-answer.ts'

it.each<[string, unknown]>([
  ['{"path":"/a.jpg","text":"a face"}', { path: '/a.jpg', text: 'a face' }],
  ['{"text":"","path":"/a.jpg","score":0.5}\r', { path: '/a.jpg', text: '' }],
  ['{"path":"/a.jpg","error":"no"}', { path: '/a.jpg', error: 'no' }],
  ['{"path":"/a.jpg","error":null,"text":"x"}', { path: '/a.jpg', text: 'x' }],
  [
    Buffer.from('{"path":"/a.jpg","text":"a caf\u00e9"}', 'latin1').toString(),
    { path: '/a.jpg', error: 'its caption is not UTF-8 text' },
  ],
  ['{"path":"/a.jpg"}', null],
  ['{"path":"/a.jpg","text":3}', null],
  ['{"text":"x"}', null],
  ['["/a.jpg","x"]', null],
  ['null', null],
  ['Loading …', null],
  ['{"path":"/a.jpg","text":"x"', null],
])('%s', (line, answer) => {
  expect(parseCaptionAnswer(line)).toEqual(answer)
})
