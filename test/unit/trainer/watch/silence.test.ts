import { describe, expect, it } from 'vitest'
import type { TrainerEvent } from '../../../../src/trainer/log/trainer-events.ts'
import { SilenceWatch } from '../../../../src/trainer/watch/silence.ts'
import { describeSilence } from '../../../../src/trainer/watch/stall-error.ts'
import { phase, step } from './events.ts'

const MINUTE = 60_000

/** What happens at a minute; between them, the watch is asked every half minute. */
type Story = Readonly<Record<number, 'line' | 'bar' | TrainerEvent>>

/** `warn 10: 10 minutes while it took a step`, and the same for `end`. */
function listen(story: Story, untilMinute: number, stallMs: number | null = 30 * MINUTE): string[] {
  const tickMs = MINUTE / 2
  const watch = new SilenceWatch({ stallMs, tickMs }, 0)
  const said: string[] = []
  for (let now = 0; now <= untilMinute * MINUTE; now += tickMs) {
    const silence = watch.tick(now)
    if (silence) said.push(`${silence.news} at ${now / MINUTE}: ${describeSilence(silence)}`)
    const happens = story[now / MINUTE]
    if (happens === 'line' || happens === 'bar') watch.output(happens === 'bar')
    else if (happens !== undefined) watch.event(happens, now)
  }
  return said
}

/** The phases, and when each warns and ends with the default of 30 minutes. */
const PHASES: readonly (readonly [string, Story, number, number])[] = [
  ['it started', {}, 10, 30],
  ['it loaded the models', { 0: phase('loading') }, 20, 60],
  ['it prepared the dataset', { 0: phase('dataset') }, 40, 120],
  ['it took the first step', { 0: phase('training') }, 20, 60],
  ['it took a step', { 0: step(1) }, 10, 30],
  ['it saved a checkpoint', { 0: phase('saving') }, 20, 60],
  ['it drew previews', { 0: phase('previews') }, 30, 90],
  ['it wrote the model', { 0: phase('finishing') }, 10, 30],
]

const span = (minutes: number): string => (minutes < 120 ? `${minutes} minutes` : `${minutes / 60} hours`)

describe('silence', () => {
  it.each(PHASES)('%s', (words, story, warns, ends) => {
    expect(listen(story, 300)).toEqual([
      `warn at ${warns}: said nothing for ${span(warns)} while ${words}`,
      `end at ${ends}: said nothing for ${span(ends)} while ${words}`,
    ])
  })

  it('is broken by any output before the first step', () => {
    expect(listen({ 9: 'line', 18: 'line', 27: 'line' }, 36)).toEqual([])
  })

  it('is not broken by chatter between steps, but by a bar', () => {
    expect(listen({ 0: step(1), 9: 'line' }, 12)).toHaveLength(1)
    expect(listen({ 0: step(1), 9: 'bar' }, 12)).toEqual([])
  })

  it('is told again when it comes again', () => {
    expect(listen({ 0: step(1), 12: 'bar' }, 24)).toEqual([
      'warn at 10: said nothing for 10 minutes while it took a step',
      'warn at 22: said nothing for 10 minutes while it took a step',
    ])
  })

  it('between long steps is 20 of them before a warning, and 40 before the end', () => {
    const steps = Object.fromEntries([0, 2, 4, 6].map((at) => [at, step(1 + at / 2)]))
    expect(listen(steps, 120)).toEqual([
      'warn at 46: said nothing for 40 minutes while it took a step',
      'end at 86: said nothing for 80 minutes while it took a step',
    ])
  })

  it('does not end a run with stall_timeout: off', () => {
    expect(listen({ 0: step(1) }, 1000, null)).toEqual([
      'warn at 10: said nothing for 10 minutes while it took a step',
    ])
  })

  it('does not count the hours in which the machine slept', () => {
    const watch = new SilenceWatch({ stallMs: 30 * MINUTE, tickMs: 15_000 }, 0)
    watch.event(step(1), 0)
    expect(watch.tick(10 * 60 * MINUTE)).toBeNull()
  })
})
