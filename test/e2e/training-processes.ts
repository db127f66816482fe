import { readdirSync } from 'node:fs'
import { identify } from '../../src/tools/processes/process-tree.ts'
import { readProcFile } from '../../src/tools/processes/process-stat.ts'

interface TrainingProcesses {
  readonly launchers: number[]
  readonly trainers: number[]
}

/** The living processes of trainings whose runs lie in a folder, by their command lines. */
export function findUsersOf(folder: string): TrainingProcesses {
  const found: TrainingProcesses = { launchers: [], trainers: [] }
  for (const pid of readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)) {
    const args = readProcFile(pid, 'cmdline')?.split('\0') ?? []
    if (!args.some((arg) => arg.startsWith(`--output_dir=${folder}/`)) || identify(pid) === null) continue
    ;(args.includes('--launcher') ? found.launchers : found.trainers).push(pid)
  }
  return found
}
