import { describe, expect, it } from 'vitest'
import { UserError } from '../../src/errors.ts'
import { runCommand } from '../../src/tools/processes/process.ts'
import { collectPids, never, useScratch } from './process-programs.ts'

const scratch = useScratch()
const { node, python } = scratch

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
    expect(result).toEqual({ exitCode: 7, signal: null, stopped: false, killed: 0 })
    expect(out).toBe('│█▏é'.repeat(30000))
    expect(err).toBe('oops')
  })

  it('is drained when nobody listens', async () => {
    const result = await runCommand(node(`process.stdout.write('x'.repeat(5e6))`), { signal: never() })
    expect(result.exitCode).toBe(0)
  })

  it('reports the signal that killed it from outside', async () => {
    const result = await runCommand(
      { file: 'sleep', args: ['60'], env: {}, cwd: scratch.folder },
      { signal: never(), onStart: (pid) => process.kill(pid, 'SIGKILL') },
    )
    expect(result).toEqual({ exitCode: null, signal: 'SIGKILL', stopped: false, killed: 0 })
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
    expect([stdin, leader, cwd]).toEqual(['', true, scratch.folder])
    expect(env).toMatchObject({ EXTRA: '1' })
    // Only pip gets its own settings.
    expect(Object.keys(env)).not.toContain('PIP_INDEX_URL')
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
    expect(result).toEqual({ exitCode: 0, signal: null, stopped: false, killed: 1 })
    expect(pids.list()).toHaveLength(1)
    expect(pids.living()).toEqual([])
  })
})

describe('a program that can’t start', () => {
  it('is a mistake that a person can mend', async () => {
    const command = { file: '/nowhere/python', args: [], env: {}, cwd: scratch.folder }
    await expect(runCommand(command, { signal: never() })).rejects.toMatchObject({
      constructor: UserError,
      message: "Can't start /nowhere/python: there is no such program.",
      code: 'program-missing',
    })
    // Node throws these two at once; others come as an event.
    await expect(
      runCommand({ ...command, file: `${process.execPath}/x` }, { signal: never() }),
    ).rejects.toMatchObject({
      message: `Can't start ${process.execPath}/x: there is no such program.`,
      code: 'program-missing',
    })
    await expect(
      runCommand({ ...command, file: 'true', args: ['x'.repeat(3e6)] }, { signal: never() }),
    ).rejects.toMatchObject({ message: "Can't start true: spawn E2BIG", code: 'program-refused' })
    await expect(
      runCommand({ ...command, file: 'true', cwd: '/nowhere' }, { signal: never() }),
    ).rejects.toThrow("Can't start true: its working directory /nowhere does not exist.")
    await expect(runCommand({ ...command, file: scratch.folder }, { signal: never() })).rejects.toMatchObject(
      {
        code: 'program-refused',
      },
    )
  })
})

describe('what a program reads', () => {
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
    expect(result).toEqual({ exitCode: 4, signal: null, stopped: false, killed: 0 })
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
