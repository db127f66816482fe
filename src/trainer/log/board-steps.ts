/** Optimiser steps, out of the scalars that a trainer writes for TensorBoard. */
import type { BoardEvent } from '../../formats/tensorboard/board-event.ts'

export interface BoardStep {
  readonly step: number
  /** Mean over the step's micro-batches. Null when it is no number any more. */
  readonly loss: number | null
  readonly lr: number
  /** Since the step before; null for the first step of a file. */
  readonly seconds: number | null
  /** Seconds since 1970. */
  readonly wallTime: number
}

/** Takes the events of one file in order; returns the step that an event completes, if any. */
export type BoardSteps = (event: BoardEvent) => BoardStep | null

/** What the trainer writes for one micro-batch, `loss` first and `lr` last. */
interface Micro {
  readonly step: number
  readonly loss: number
  readonly seconds: number | null
}

/**
 * `recordsPerStep`: how many losses the trainer writes for one step. Diffusers' script writes one for each micro-batch:
 * those of step k, but for its last one, still carry the number k-1.
 */
export function trackBoardSteps(recordsPerStep: number): BoardSteps {
  let micro: Micro | null = null
  let losses: number[] = []
  let lastStep: number | null = null
  let lastTime: number | null = null

  const close = (wallTime: number, lr: number, { step, seconds }: Micro): BoardStep | null => {
    const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length
    // A resumed training begins with the number of its checkpoint, a fresh one with 0.
    lastStep ??= recordsPerStep > 1 && step !== 1 ? step : step - 1
    if (step <= lastStep) return null
    const passed = lastTime === null ? null : Math.max(0, wallTime - lastTime)
    lastStep = step
    lastTime = wallTime
    losses = []
    return { step, loss: finite(mean), lr, wallTime, seconds: seconds ?? roundTo(passed, 4) }
  }
  return (event) => {
    let closed: BoardStep | null = null
    for (const value of event.values) {
      if (value.kind !== 'scalar') continue
      if (value.tag === 'loss') {
        micro = { step: event.step, loss: value.value, seconds: null }
      } else if (value.tag === 'seconds' && micro?.step === event.step) {
        micro = { ...micro, seconds: shortFloat(value.value) }
      } else if (value.tag === 'lr' && micro?.step === event.step) {
        losses.push(micro.loss)
        closed = close(event.wallTime, shortFloat(value.value), micro)
        micro = null
      }
    }
    return closed
  }
}

const finite = (value: number): number | null => (Number.isFinite(value) ? shortFloat(value) : null)

function roundTo(value: number | null, digits: number): number | null {
  return value === null ? null : Number(value.toFixed(digits))
}

/** The shortest decimal number that is the same float32: 0.1, not 0.10000000149. */
export function shortFloat(value: number): number {
  const exact = Math.fround(value)
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(exact.toPrecision(digits))
    if (Math.fround(short) === exact) return short
  }
  return Number(exact.toPrecision(9))
}
