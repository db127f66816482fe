/** TensorBoard's event files of one folder, read while the trainer writes them. */
import { open, readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { nameSystemError } from '../../file-error.ts'
import { parseBoardEvent, type BoardEvent } from '../../formats/tensorboard/board-event.ts'
import { readRecords, type RecordReader } from '../../formats/tensorboard/record-reader.ts'

export interface EventFiles {
  /** Gives every event that was written since the last call to the receiver of its file. */
  read(): Promise<void>
  /** Leaves out what lies there already. */
  skip(): Promise<void>
  /** Says what is wrong with each damaged file. */
  problems(): string[]
}

type Receiver = (event: BoardEvent) => Promise<void> | void

interface OpenFile {
  readonly records: RecordReader
  readonly receive: Receiver
  offset: number
}

const CHUNK_BYTES = 1 << 20

/**
 * Each start of the trainer makes a file of its own; `openReceiver` is called once for each, in the order in which they
 * were made. A folder that is not there has no files.
 */
export function followEventFiles(folder: string, openReceiver: () => Receiver): EventFiles {
  const files = new Map<string, OpenFile>()
  const skipped = new Set<string>()
  return {
    async read() {
      for (const name of await listFiles(folder)) {
        if (skipped.has(name)) continue
        const file = files.get(name) ?? { records: readRecords(), receive: openReceiver(), offset: 0 }
        files.set(name, file)
        await readNew(join(folder, name), file)
      }
    },
    async skip() {
      for (const name of await listFiles(folder)) skipped.add(name)
    },
    problems: () =>
      [...files].flatMap(([name, { records }]) => {
        const problem = records.problem()
        return problem === null ? [] : [`${join(basename(folder), name)}: ${problem}`]
      }),
  }
}

/** The name holds the time of its making: `events.out.tfevents.1795800087.host.1018.0`. */
async function listFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (nameSystemError(error) === 'ENOENT') return []
    throw error
  })
  return names.filter((name) => name.startsWith('events.out.tfevents.')).sort()
}

async function readNew(path: string, file: OpenFile): Promise<void> {
  const { size } = await stat(path)
  if (size <= file.offset) return
  const handle = await open(path)
  try {
    while (file.offset < size) {
      const buffer = new Uint8Array(Math.min(CHUNK_BYTES, size - file.offset))
      const { bytesRead } = await handle.read({ buffer, position: file.offset })
      if (bytesRead === 0) return
      file.offset += bytesRead
      for (const record of file.records.push(buffer.subarray(0, bytesRead))) {
        const event = parseBoardEvent(record)
        if (event !== null) await file.receive(event)
      }
    }
  } finally {
    await handle.close()
  }
}
