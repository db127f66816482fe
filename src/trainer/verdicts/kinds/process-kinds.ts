/** Signals from outside, and processes that lose each other. */
import { atStep, diedBy, says, type FailureKind } from '../failure-kind.ts'
import { RESUME, thenResume } from '../remedies.ts'

/** Told by what is printed. */
export const CONNECTION_KINDS: readonly FailureKind[] = [
  {
    code: 'port-taken',
    recognise: says(
      /EADDRINUSE|[Aa]ddress already in use|port that is already in use|Tried to launch distributed/,
    ),
    message: () => 'The port over which the training processes meet is taken by another program.',
    hint: () => thenResume('End that program, or wait for it'),
  },
  {
    code: 'output-not-shared',
    // Each machine looks for the checkpoint in its own folder; the kit has checked the one on this machine.
    recognise: ({ error, rank }) =>
      rank !== '' && /Tried to find .*checkpoint|FileNotFoundError: .*(output|checkpoint)/.test(error),
    message: (_, { words }) => `This machine does not see the run's output folder: ${words}`,
    hint: () => thenResume('Put the run folder on storage that all machines share, under the same path'),
  },
]

/** Told by how the trainer ended, where it said nothing better. */
export const SIGNAL_KINDS: readonly FailureKind[] = [
  {
    code: 'trainer-stopped',
    reason: 'stopped',
    recognise: diedBy('SIGTERM', 'SIGINT', 'SIGHUP'),
    message: (failure, { signal }) => `The trainer was stopped from outside by ${signal} ${atStep(failure)}.`,
    hint: () => `Go on with: ${RESUME}`,
  },
  {
    code: 'trainer-crashed',
    recognise: ({ signal, isDisconnected }) => signal !== null && !isDisconnected,
    message: (failure, { signal, words }) =>
      `The trainer crashed ${atStep(failure)} (${signal})${words === '' ? '.' : `: ${words}`}`,
    hint: () =>
      `Go on with: ${RESUME}\nWhen it happens again at another step each time, test the machine's memory; at the same step, report it with the log.`,
  },
  {
    code: 'processes-disconnected',
    recognise: ({ isDisconnected }) => isDisconnected,
    message: (failure) => `The training processes lost each other ${atStep(failure)}.`,
    hint: () =>
      `See in the logs of the other processes and machines which one ended first, and why. Then: ${RESUME}\nLong previews make the others wait: a larger train.validation_steps makes them rarer.`,
  },
]
