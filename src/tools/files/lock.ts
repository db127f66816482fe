/**
 * A lock file: the process that created it holds the lock. A lock left behind by a killed process, or from before a reboot, is
 * taken over automatically.
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
  /** Releases the lock. May be called twice; never removes a lock of another process. */
  release(): Promise<void>
}

interface LockOptions {
  /** What the lock is held for, in words: `controlnet-kit prepare`. */
  readonly purpose: string
  /** What the lock protects, for messages: `NVIDIA H200 (GPU 0)`. Default: the path of the lock file without `.lock`. */
  readonly what?: string
}

/** Acquires the lock, or throws a UserError (`locked`) that names the holder. Creates the folder if necessary. */
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
  /** Set it to wait for another holder; without it, a lock that is not free throws `locked`. */
  readonly wait?: {
    /** Aborts the wait, which then rejects with the signal's reason. */
    readonly signal: AbortSignal
    /** Called once with the holder's description when the lock is not free. */
    readonly say: (message: string) => void
  }
}

/** Runs `work` while holding the lock, and releases the lock afterwards in every case. */
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

/**
 * A hard link creates the file with its whole content or not at all. Where links are not supported, an exclusive write is used.
 */
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

/**
 * Only the process that holds the guard file may remove a stale lock, and it checks the lock again first. So nobody removes a
 * lock that another process has just acquired.
 */
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

/** Draft files exist only for an instant. An empty or broken one that is older was never finished. */
const UNFINISHED_AFTER_MS = 60_000

/** Removes draft files of processes that were killed while acquiring the lock; leaves those of living processes. */
async function sweepDrafts(file: string): Promise<void> {
  const prefix = `${basename(file)}.`
  for (const name of await readdir(dirname(file)).catch(() => [])) {
    if (name.startsWith(prefix) && DRAFT.test(name.slice(prefix.length)))
      await removeLeftBehind(join(dirname(file), name)).catch(() => undefined)
  }
}

/** Names of guard files and drafts: a UUID after either name. */
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
