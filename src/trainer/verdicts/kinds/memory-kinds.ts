/** Too little memory (RAM) in the machine, in all its words. */
import { atStep, diedBy, says, type FailureKind, type TrainerFailure } from '../failure-kind.ts'
import { oneReader, RESUME, thenResume } from '../remedies.ts'

export const MEMORY_KINDS: readonly FailureKind[] = [
  {
    code: 'shared-memory',
    recognise: says(
      /(?<!Fatal Python error: )[Bb]us error|out of shared memory|received 0 items of ancdata|shared memory \(shm\)|unable to (open|allocate|write to|resize|mmap)[^\n]*(shared memory|torch_\d)|torch_shm/,
    ),
    message: (failure) => `The data workers had too little shared memory ${atStep(failure)}.`,
    hint: (failure) => {
      const one = oneReader(failure)
      return `Give the container more (--shm-size=2g)${one === null ? `, then: ${RESUME}` : `, or: ${one}`}`
    },
  },
  {
    code: 'data-worker-killed',
    recognise: says(/DataLoader worker \(pid[^)]*\) (is killed by signal: Killed|exited unexpectedly)/),
    message: (failure) =>
      `A process that reads pictures was killed ${atStep(failure)}, most likely for want of memory (RAM).`,
    hint: lessMemory,
  },
  {
    code: 'host-memory',
    recognise: says(
      /^(numpy\.[\w.]*)?_?(Array)?MemoryError\b|can't allocate memory|[Cc]annot allocate memory|not enough memory: you tried to allocate|could not create a (primitive|memory)|std::bad_alloc|\[Errno 12\]|\(os error 12\)|can't start new thread|failed to map segment/m,
    ),
    message: (failure) => `The machine's memory (RAM) was not enough ${atStep(failure)}.`,
    hint: lessMemory,
  },
  {
    code: 'trainer-killed',
    recognise: diedBy('SIGKILL'),
    message: (failure) =>
      `The trainer was killed from outside ${atStep(failure)}, most likely for want of memory (RAM).`,
    hint: lessMemory,
  },
]

function lessMemory(failure: TrainerFailure): string {
  const one = oneReader(failure)
  return `${thenResume('Close other programs')}${one === null ? '' : `\nOr read the pictures in one process: ${one}`}`
}
