/**
 * A lock that is a file: who made it holds it. One left behind by a killed process (or before a reboot) is taken over without
 * asking.
 */
import { link, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { UserError } from '../../errors.ts'
import {
  describeHolder,
  describeSelf,
  errorCode,
  isHeld,
  parseHolder,
  readOrNull,
  type Holder,
} from './lock-holder.ts'

interface Lock {
  /** Gives it back. Safe to call twice; never removes somebody else's. */
  release(): Promise<void>
}

interface LockOptions {
  /** What for, as another person reads it: `controlnet-kit prepare`. */
  readonly purpose: string
  /** What the lock guards, for messages: `NVIDIA H200 (GPU 0)`. Without: the path of its file. */
  readonly what?: string
}

/** Takes the lock, or throws a UserError (`locked`) that names the holder. The folder is made when it is missing. */
export async function acquireLock(file: string, { purpose, what }: LockOptions): Promise<Lock> {
  await mkdir(dirname(file), { recursive: true })
  const mine = await describeSelf(purpose)
  for (let attempt = 0; attempt < 20; attempt++) {
    if (await createLock(file, mine)) {
      await sweepDrafts(file)
      return { release: () => releaseLock(file, mine.token) }
    }
    const text = await readOrNull(file)
    if (text === null) continue
    const holder = parseHolder(text)
    if (holder !== null && (await isHeld(holder))) throw lockedError(file, holder, what)
    await removeStale(file, text, mine)
  }
  throw lockedError(file, null, what)
}

interface WithLockOptions extends LockOptions {
  /** How to wait until another holder is done; without, a lock that is not free is an error (`locked`). */
  readonly wait?: {
    /** Ends the waiting: it rejects with the signal's reason. */
    readonly signal: AbortSignal
    /** Called once, with who holds it, when the lock is not free. */
    readonly say: (message: string) => void
  }
}

/** Does the work while it holds the lock, and gives that back however the work ends. */
export async function withLock<T>(
  file: string,
  { wait, ...options }: WithLockOptions,
  work: () => Promise<T>,
): Promise<T> {
  const lock = await (wait === undefined
    ? acquireLock(file, options)
    : waitForLock(file, { ...options, ...wait }))
  try {
    return await work()
  } finally {
    await lock.release()
  }
}

async function waitForLock(
  file: string,
  { purpose, signal, say }: LockOptions & NonNullable<WithLockOptions['wait']>,
): Promise<Lock> {
  let told = false
  for (;;) {
    signal.throwIfAborted()
    try {
      return await acquireLock(file, { purpose })
    } catch (error) {
      if (!(error instanceof UserError) || error.reason !== 'locked') throw error
      if (!told) say(`${error.message} Waiting for it.`)
      told = true
    }
    await sleep(300, undefined, { signal })
  }
}

/** A hard link appears with its whole content or not at all; where links can't be made, an exclusive write has to do. */
async function createLock(file: string, mine: Holder): Promise<boolean> {
  const draft = `${file}.${mine.token}`
  const text = JSON.stringify(mine) + '\n'
  await writeFile(draft, text)
  try {
    await link(draft, file)
    return true
  } catch (error) {
    const code = errorCode(error)
    if (code === 'EEXIST') return false
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS' && code !== 'EOPNOTSUPP') throw error
    return await createExclusively(file, text)
  } finally {
    await rm(draft, { force: true })
  }
}

async function createExclusively(file: string, text: string): Promise<boolean> {
  try {
    await writeFile(file, text, { flag: 'wx' })
    return true
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    throw error
  }
}

/** Only who holds the guard may remove a stale file, and looks again first: nobody removes what another has just taken. */
async function removeStale(file: string, staleText: string, mine: Holder): Promise<void> {
  const guard = `${file}.${TAKEOVER}`
  if (!(await createLock(guard, mine))) {
    await removeLeftBehind(guard)
    return
  }
  try {
    if ((await readOrNull(file)) === staleText) await rm(file, { force: true })
  } finally {
    await rm(guard, { force: true })
  }
}

const TAKEOVER = 'takeover'

/** A draft is there for an instant: one that holds nothing for longer was never finished. */
const UNFINISHED_AFTER_MS = 60_000

/** Removes what processes left beside the lock that were killed while they took it, and nothing of those that live. */
async function sweepDrafts(file: string): Promise<void> {
  const prefix = `${basename(file)}.`
  for (const name of await readdir(dirname(file)).catch(() => [])) {
    if (name.startsWith(prefix) && DRAFT.test(name.slice(prefix.length)))
      await removeLeftBehind(join(dirname(file), name)).catch(() => undefined)
  }
}

/** A guard, or what `randomUUID` wrote behind either name. */
const DRAFT = new RegExp(`^(${TAKEOVER}|(${TAKEOVER}\\.)?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$`)

async function removeLeftBehind(file: string): Promise<void> {
  if (await isLeftBehind(file)) await rm(file, { force: true })
}

async function isLeftBehind(file: string): Promise<boolean> {
  const text = await readOrNull(file)
  if (text === null) return false
  const holder = parseHolder(text)
  if (holder !== null) return !(await isHeld(holder))
  const made = await stat(file).catch(() => null)
  return made !== null && made.mtimeMs < Date.now() - UNFINISHED_AFTER_MS
}

async function releaseLock(file: string, token: string): Promise<void> {
  const text = await readOrNull(file)
  if (text !== null && parseHolder(text)?.token === token) await rm(file, { force: true })
}

function lockedError(file: string, holder: Holder | null, what = file.replace(/\.lock$/, '')): UserError {
  const who = holder === null ? 'another process' : describeHolder(holder)
  return new UserError(`${what} is in use by ${who}.`, {
    reason: 'locked',
    code: 'locked',
    hint: `Wait for it to finish, or stop it. If it is certainly gone, remove ${file}`,
  })
}
