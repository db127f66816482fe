/**
 * A lock that is a file: who made it holds it. The holder is known by machine, boot, process and the process's start
 * time, so a lock left behind by a killed process (or before a reboot) is taken over without asking.
 */
import { randomUUID } from 'node:crypto'
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { hostname, uptime } from 'node:os'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { UserError } from '../../errors.ts'

interface Holder {
  readonly token: string
  readonly pid: number
  /** Start of the process in clock ticks since the boot; null where the system does not tell. */
  readonly startTicks: number | null
  readonly bootId: string | null
  readonly host: string
  readonly since: string
  readonly purpose: string
}

export interface Lock {
  /** Gives it back. Safe to call twice; never removes somebody else's. */
  release(): Promise<void>
}

interface LockOptions {
  /** What for, as another person reads it: `controlnet-kit prepare`. */
  readonly purpose: string
}

/** Takes the lock, or throws a UserError (`locked`) that names the holder. The folder is made when it is missing. */
export async function acquireLock(file: string, { purpose }: LockOptions): Promise<Lock> {
  await mkdir(dirname(file), { recursive: true })
  const mine = await describeSelf(purpose)
  for (let attempt = 0; attempt < 20; attempt++) {
    if (await createLock(file, mine)) return { release: () => releaseLock(file, mine.token) }
    const text = await readOrNull(file)
    if (text === null) continue
    const holder = parseHolder(text)
    if (holder !== null && (await isHeld(holder))) throw lockedError(file, holder)
    await removeStale(file, text)
  }
  throw lockedError(file, null)
}

interface WaitOptions extends LockOptions {
  readonly signal: AbortSignal
  /** Called once, with the holder's description, when the lock is not free. */
  readonly onWait: (message: string) => void
}

/** Like `acquireLock`, but waits until the holder is done. Rejects with the signal's reason when it is aborted. */
export async function waitForLock(file: string, { purpose, signal, onWait }: WaitOptions): Promise<Lock> {
  let told = false
  for (;;) {
    signal.throwIfAborted()
    try {
      return await acquireLock(file, { purpose })
    } catch (error) {
      if (!(error instanceof UserError) || error.reason !== 'locked') throw error
      if (!told) onWait(error.message)
      told = true
    }
    await sleep(300, undefined, { signal })
  }
}

async function describeSelf(purpose: string): Promise<Holder> {
  const [startTicks, bootId] = await Promise.all([readStartTicks(process.pid), readBootId()])
  const since = new Date().toISOString()
  return { token: randomUUID(), pid: process.pid, startTicks, bootId, host: hostname(), since, purpose }
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

async function isHeld(holder: Holder): Promise<boolean> {
  if (holder.host !== hostname()) return true
  const bootId = await readBootId()
  if (holder.bootId !== null && bootId !== null) {
    if (holder.bootId !== bootId) return false
  } else if (Date.parse(holder.since) < Date.now() - uptime() * 1000 - 60_000) {
    return false
  }
  if (!isAlive(holder.pid)) return false
  const startTicks = await readStartTicks(holder.pid)
  return holder.startTicks === null || startTicks === null || holder.startTicks === startTicks
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errorCode(error) === 'EPERM'
  }
}

/** Moves the stale file away first: of two that want to take over, one moves it and the other finds it gone. */
async function removeStale(file: string, staleText: string): Promise<void> {
  if ((await readOrNull(file)) !== staleText) return
  const aside = `${file}.${randomUUID()}`
  try {
    await rename(file, aside)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return
    throw error
  }
  // Between reading and moving, somebody else may have taken over: then it is theirs, and goes back.
  if ((await readOrNull(aside)) !== staleText) await link(aside, file).catch(() => undefined)
  await rm(aside, { force: true })
}

async function releaseLock(file: string, token: string): Promise<void> {
  const text = await readOrNull(file)
  if (text !== null && parseHolder(text)?.token === token) await rm(file, { force: true })
}

function parseHolder(text: string): Holder | null {
  try {
    const value: unknown = JSON.parse(text)
    const complete = typeof value === 'object' && value !== null && 'pid' in value && 'host' in value
    return complete ? (value as Holder) : null
  } catch {
    return null
  }
}

function lockedError(file: string, holder: Holder | null): UserError {
  const who = holder === null ? 'another process' : describeHolder(holder)
  return new UserError(`${file.replace(/\.lock$/, '')} is in use by ${who}.`, {
    reason: 'locked',
    code: 'locked',
    hint: `Wait for it to finish, or stop it. If it is certainly gone, remove ${file}`,
  })
}

function describeHolder(holder: Holder): string {
  const place = holder.host === hostname() ? '' : ` on ${holder.host}`
  return `${holder.purpose} (process ${holder.pid}${place}, since ${holder.since})`
}

/** Field 22 of /proc/PID/stat; counted behind the name, which may hold spaces and brackets. */
async function readStartTicks(pid: number): Promise<number | null> {
  const text = await readOrNull(`/proc/${pid}/stat`)
  const field = text?.slice(text.lastIndexOf(')') + 2).split(' ')[19]
  return field === undefined ? null : Number(field)
}

async function readBootId(): Promise<string | null> {
  return (await readOrNull('/proc/sys/kernel/random/boot_id'))?.trim() ?? null
}

async function readOrNull(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const code = errorCode(error)
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'ENOTDIR') return null
    throw error
  }
}

function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}
