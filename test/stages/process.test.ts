import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { UserError } from '../../src/errors.ts'
import { killNow, runCommand } from '../../src/tools/process.ts'
import { identify } from '../../src/tools/process-tree.ts'

let folder: string

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'cnk-process-')))
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

const python = (code: string, env: Record<string, string> = {}) => ({
  file: 'python3',
  args: ['-c', code],
  env,
  cwd: folder,
})
const node = (code: string) => ({ file: process.execPath, args: ['-e', code], env: {}, cwd: folder })
const never = () => new AbortController().signal

/** A parent with a child in its own session and a grandchild; all say their pid, all but the parent ignore SIGTERM. */
const stubbornTree = `
import os, signal, sys, time
def fork(session, depth):
    pid = os.fork()
    if pid: return
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if session: os.setsid()
    if depth: fork(False, depth - 1)
    os.write(1, b'pid %d\\n' % os.getpid())
    time.sleep(600)
    os._exit(0)
fork(True, 1)
fork(False, 0)
os.write(1, b'pid %d\\n' % os.getpid())
time.sleep(600)
`

describe('a program that ends by itself', () => {
  it('gives its exit code and its text, split nowhere inside a character', async () => {
    let out = ''
    let err = ''
    const code = `
      const bytes = Buffer.from('│█▏é'.repeat(30000))
      process.stdout.write(bytes.subarray(0, 100001))
      setTimeout(() => process.stdout.write(bytes.subarray(100001)), 30)
      process.stderr.write('oops')
      process.exitCode = 7`
    const result = await runCommand(node(code), {
      signal: never(),
      onStdout: (text) => (out += text),
      onStderr: (text) => (err += text),
    })
    expect(result).toEqual({ exitCode: 7, signal: null, stopped: false })
    expect(out).toBe('│█▏é'.repeat(30000))
    expect(err).toBe('oops')
  })

  it('is drained when nobody listens', async () => {
    const result = await runCommand(node(`process.stdout.write('x'.repeat(5e6))`), { signal: never() })
    expect(result.exitCode).toBe(0)
  })

  it('reports the signal that killed it from outside', async () => {
    const result = await runCommand(
      { file: 'sleep', args: ['60'], env: {}, cwd: folder },
      { signal: never(), onStart: (pid) => process.kill(pid, 'SIGKILL') },
    )
    expect(result).toEqual({ exitCode: null, signal: 'SIGKILL', stopped: false })
  })

  it('has no stdin, its own group, the command’s environment and no secrets of ours', async () => {
    process.env['GITHUB_TOKEN'] = 'ghp_not_for_children'
    process.env['HF_TOKEN'] = 'hf_not_for_children'
    process.env['PIP_INDEX_URL'] = 'https://mirror.example/simple'
    let out = ''
    const code = `
import json, os, sys
print(json.dumps([sys.stdin.read(), os.getpgid(0) == os.getpid(), os.getcwd(), dict(os.environ)]))`
    try {
      await runCommand(python(code, { EXTRA: '1' }), { signal: never(), onStdout: (text) => (out += text) })
    } finally {
      delete process.env['GITHUB_TOKEN']
      delete process.env['HF_TOKEN']
      delete process.env['PIP_INDEX_URL']
    }
    const [stdin, leader, cwd, env] = JSON.parse(out) as [string, boolean, string, Record<string, string>]
    expect([stdin, leader, cwd]).toEqual(['', true, folder])
    expect(env).toMatchObject({ EXTRA: '1', PIP_INDEX_URL: 'https://mirror.example/simple' })
    expect(env['CNK_RUN_ID']).toMatch(/^[0-9a-f-]{36}$/)
    expect(Object.keys(env)).not.toContain('GITHUB_TOKEN')
    expect(Object.keys(env)).not.toContain('HF_TOKEN')
  })

  it('waits for what it left behind, then ends that too', async () => {
    const code = `
import os, time
if os.fork() == 0:
    os.setsid()
    os.write(1, b'pid %d\\n' % os.getpid())
    os.close(1); os.close(2)
    time.sleep(600)`
    const pids = collectPids()
    const result = await runCommand(python(code), { signal: never(), graceMs: 300, onStdout: pids.take })
    expect(result).toEqual({ exitCode: 0, signal: null, stopped: false })
    expect(pids.list()).toHaveLength(1)
    expect(pids.living()).toEqual([])
  })
})

describe('a program that is stopped', () => {
  it('gets SIGTERM first and may end in peace', async () => {
    const abort = new AbortController()
    const code = `
import os, signal, time
def bye(*_):
    os.write(1, b'bye\\n'); os._exit(3)
signal.signal(signal.SIGTERM, bye)
os.write(1, b'ready\\n')
time.sleep(600)`
    let out = ''
    const result = await runCommand(python(code), {
      signal: abort.signal,
      onStdout: (text) => {
        out += text
        if (text.includes('ready')) abort.abort()
      },
    })
    expect(result).toEqual({ exitCode: 3, signal: null, stopped: true })
    expect(out).toBe('ready\nbye\n')
  })

  it('leaves nothing alive: own sessions, grandchildren, ignored SIGTERM', async () => {
    const abort = new AbortController()
    const pids = collectPids(4, () => abort.abort())
    const started = performance.now()
    const result = await runCommand(python(stubbornTree), {
      signal: abort.signal,
      graceMs: 400,
      onStdout: pids.take,
    })
    expect(result).toEqual({ exitCode: null, signal: 'SIGTERM', stopped: true })
    expect(pids.list()).toHaveLength(4)
    expect(pids.living()).toEqual([])
    expect(performance.now() - started).toBeGreaterThan(400)
  })

  it('is killed at once by a second request', async () => {
    const abort = new AbortController()
    const pids = collectPids(4, () => {
      abort.abort()
      setTimeout(killNow, 50)
    })
    const started = performance.now()
    const result = await runCommand(python(stubbornTree), {
      signal: abort.signal,
      graceMs: 60_000,
      onStdout: pids.take,
    })
    expect(result.stopped).toBe(true)
    expect(pids.living()).toEqual([])
    expect(performance.now() - started).toBeLessThan(10_000)
  })

  it("is killed at once when the reason is 'now'", async () => {
    const abort = new AbortController()
    const pids = collectPids(4, () => abort.abort('now'))
    const result = await runCommand(python(stubbornTree), {
      signal: abort.signal,
      graceMs: 60_000,
      onStdout: pids.take,
    })
    expect(result).toEqual({ exitCode: null, signal: 'SIGKILL', stopped: true })
    expect(pids.living()).toEqual([])
  })

  it('is never started when the request came before', async () => {
    const abort = new AbortController()
    abort.abort()
    const result = await runCommand(node(`require('fs').writeFileSync('made', '')`), { signal: abort.signal })
    expect(result).toEqual({ exitCode: null, signal: null, stopped: true })
    expect(() => readFileSync(join(folder, 'made'))).toThrow()
  })

  it('ends when a callback throws, with that error', async () => {
    const pids = collectPids()
    const run = runCommand(python(stubbornTree), {
      signal: never(),
      graceMs: 100,
      onStdout: (text) => {
        pids.take(text)
        throw new Error('full disk')
      },
    })
    await expect(run).rejects.toThrow('full disk')
    expect(pids.living()).toEqual([])
  })

  it('takes its children along when the kit itself exits', async () => {
    const code = `
      import { runCommand } from ${JSON.stringify(join(import.meta.dirname, '../../dist/tools/process.js'))}
      let seen = ''
      runCommand(${JSON.stringify(python(stubbornTree))}, {
        signal: new AbortController().signal,
        onStdout: (text) => {
          process.stdout.write(text)
          seen += text
          if (seen.split('\\n').length > 4) setTimeout(() => process.exit(5), 100)
        },
      })`
    const pids = collectPids()
    const result = await runCommand(
      { file: process.execPath, args: ['--input-type=module', '-e', code], env: {}, cwd: folder },
      { signal: never(), onStdout: pids.take },
    )
    expect(result.exitCode).toBe(5)
    expect(pids.list()).toHaveLength(4)
    await sleep(100)
    expect(pids.living()).toEqual([])
  })
})

describe('a program that can’t start', () => {
  it('is a mistake that a person can mend', async () => {
    const command = { file: '/nowhere/python', args: [], env: {}, cwd: folder }
    await expect(runCommand(command, { signal: never() })).rejects.toMatchObject({
      constructor: UserError,
      message: "Can't start /nowhere/python: there is no such program.",
      code: 'program-missing',
    })
    await expect(
      runCommand({ ...command, file: 'true', cwd: '/nowhere' }, { signal: never() }),
    ).rejects.toThrow("Can't start true: its working directory /nowhere does not exist.")
    await expect(runCommand({ ...command, file: folder }, { signal: never() })).rejects.toMatchObject({
      code: 'program-refused',
    })
  })
})

/** Gathers lines like `pid 123`, and calls `when` at the `count`-th. */
describe('what a program reads', () => {
  const node = (code: string) => ({ file: process.execPath, args: ['-e', code], env: {}, cwd: folder })

  it('is given as fast as it reads, and then ends', async () => {
    let given = 0
    async function* input(): AsyncGenerator<string> {
      for (; given < 200; given++) yield `${'é'.repeat(5000)}\n`
    }
    let stdout = ''
    const whenAsleep: number[] = []
    const code = `setTimeout(() => {
      process.stdout.write('awake ')
      let bytes = 0
      process.stdin.on('data', (data) => (bytes += data.length)).on('end', () => process.stdout.write(String(bytes)))
    }, 300)`
    await runCommand(node(code), {
      signal: never(),
      input: input(),
      onStdout: (text) => {
        if (stdout === '') whenAsleep.push(given)
        stdout += text
      },
    })
    expect(stdout).toBe(`awake ${200 * 10_001}`)
    // A pipe holds 64 kB, and Node 16 to 64 kB more.
    expect(whenAsleep[0]).toBeLessThan(30)
  })

  it('need not be read to its end', async () => {
    async function* input(): AsyncGenerator<string> {
      for (;;) yield 'x'.repeat(100_000)
    }
    const result = await runCommand(node("process.stdin.once('data', () => process.exit(4))"), {
      signal: never(),
      input: input(),
    })
    expect(result).toEqual({ exitCode: 4, signal: null, stopped: false })
  })

  it('stops it when it can not be made', async () => {
    async function* input(): AsyncGenerator<string> {
      yield 'a\n'
      throw new Error('no such picture')
    }
    const run = runCommand(node('process.stdin.resume(); setTimeout(() => {}, 60_000)'), {
      signal: never(),
      input: input(),
    })
    await expect(run).rejects.toThrow('no such picture')
  })

  it("sees the person's own environment only where it is theirs", async () => {
    process.env['MY_API_KEY'] = 'k'
    const ask = async (isOwnProgram: boolean): Promise<string> => {
      let stdout = ''
      const code = 'process.stdout.write(String(process.env.MY_API_KEY))'
      await runCommand(node(code), { signal: never(), isOwnProgram, onStdout: (text) => (stdout += text) })
      return stdout
    }
    expect([await ask(true), await ask(false)]).toEqual(['k', 'undefined'])
    delete process.env['MY_API_KEY']
  })
})

function collectPids(count = Infinity, when = () => {}) {
  let text = ''
  let called = false
  const list = () => [...text.matchAll(/pid (\d+)\n/g)].map((match) => Number(match[1]))
  return {
    take: (piece: string) => {
      text += piece
      if (list().length < count || called) return
      called = true
      when()
    },
    list,
    living: () => list().filter((pid) => identify(pid) !== null),
  }
}
