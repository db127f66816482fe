import { describe, expect, it } from 'vitest'
import { planRequests } from '../../../src/actions/generate/generate-request.ts'

const batch = (...lines: string[]) => ({ file: 'jobs.ndjson', text: lines.join('\n') })
const names = (requests: ReturnType<typeof planRequests>) =>
  requests.map(({ input: { kind, given }, seed, count, prompt }) => [kind, given, seed, count, prompt])

describe('planRequests', () => {
  it('takes flags', () => {
    expect(
      planRequests({ photo: 'me.jpg', seed: '7', count: 2, scale: '0.5', size: 512, json: true }, null),
    ).toMatchObject([
      {
        input: { kind: 'photo', given: 'me.jpg' },
        ...{
          prompt: null,
          negative: '',
          seed: 7,
          count: 2,
          faces: null,
          guidance: null,
          scale: 0.5,
          steps: null,
          size: 512,
        },
      },
    ])
  })

  it('takes a line each; flags stand for what lines leave out', () => {
    const lines = ['{"photo": "a.jpg"}', '', '{"landmarks": "b.json", "prompt": "old", "seed": 3}']
    expect(names(planRequests({ prompt: 'new', count: 1 }, batch(...lines)))).toEqual([
      ['photo', 'a.jpg', 0, 1, 'new'],
      ['landmarks', 'b.json', 3, 1, 'old'],
    ])
    expect(
      names(planRequests({ photo: 'a.jpg' }, batch('{"seed": 1}', '{"conditioning": "c.png"}'))),
    ).toEqual([
      ['photo', 'a.jpg', 1, 4, null],
      ['conditioning', 'c.png', 0, 4, null],
    ])
  })

  it.each([
    [{}, null, 'Expected one of --photo, --conditioning, --landmarks; got none.'],
    [
      { photo: 'a', landmarks: 'b' },
      null,
      'Expected one of --photo, --conditioning, --landmarks; got --photo and --landmarks.',
    ],
    [{ photo: '' }, null, "--photo takes a path; got ''."],
    [{ photo: 'a', seed: '-1' }, null, "--seed takes a whole number from 0 to 4294967295; got '-1'."],
    [{ photo: 'a', seed: '' }, null, "--seed takes a whole number from 0 to 4294967295; got ''."],
    [{ photo: 'a', size: 100 }, null, "--size takes a multiple of 8 from 64 to 2048; got '100'."],
    [{ photo: 'a', scale: '3' }, null, "--scale takes a number from 0 to 2; got '3'."],
    [{ photo: 'a', faces: 'some' }, null, "--faces takes largest or all; got 'some'."],
    [{}, batch(), 'jobs.ndjson has no lines.'],
    [{}, batch('{"photo": "a"}', 'x'), 'jobs.ndjson:2 is no JSON.'],
    [{}, batch('[1]'), 'jobs.ndjson:1 is no JSON object.'],
    [
      {},
      batch('{"photo": "a", "promt": "x"}'),
      'jobs.ndjson:1 has an unknown key promt; did you mean prompt?.',
    ],
    [{}, batch('{"photo": "a", "seed": "7"}'), 'jobs.ndjson:1 expected a number for seed, got "7".'],
    [
      {},
      batch('{"seed": 7}'),
      'jobs.ndjson:1 expected one of --photo, --conditioning, --landmarks; got none.',
    ],
  ])('%j, %j', (flags, lines, message) => {
    expect(() => planRequests(flags, lines)).toThrow(expect.objectContaining({ message, reason: 'usage' }))
  })
})
