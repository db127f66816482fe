/** Pictures for which a program fails to write captions, and programs that misbehave. */
import { chmod, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ToolError, UserError } from '../../src/errors.ts'
import { annotateImages } from '../../src/stages/annotate-images/annotate-images.ts'
import { collectImages } from '../../src/stages/collect-images/collect-images.ts'
import { annotate, useCaptionFolder } from './caption-folder.ts'
import { readAnnotations } from './dataset-stages.ts'

const own = useCaptionFolder()
const { open, run, readAsked } = own

describe('what it fails to caption is left out with its reason', () => {
  test.each([
    ['errors', '000007', 'caption.mjs: it shows nothing that I know'],
    ['long', '000007', 'caption.mjs wrote 9,999 characters; at most 2,000 are allowed'],
    ['empty', '000007', 'caption.mjs wrote an empty caption'],
  ])('%s', async (mode, id, message) => {
    const bench = run(mode)
    await annotate(bench)
    const rejected = (await readAnnotations(bench)).filter((annotation) => annotation.rejected !== null)
    expect(rejected.map((one) => [one.id, one.rejected])).toEqual([[id, { code: 'no-caption', message }]])
  })

  test('pictures that it does not answer for, which are asked for again next time', async () => {
    const bench = run('misses')
    await annotate(bench)
    const rejected = (await readAnnotations(bench)).filter((annotation) => annotation.rejected !== null)
    expect(rejected.map((one) => [one.id, one.rejected?.message])).toEqual([
      ['000002', 'caption.mjs did not answer for it'],
      ['000006', 'caption.mjs did not answer for it'],
    ])
    expect(bench.events).toContainEqual({
      type: 'warning',
      code: 'captions-missing',
      message: 'caption.mjs did not answer for 2 of 8 pictures.',
    })
    await rm(join(own.folder, 'log.txt'))
    await bench.run([annotateImages])
    expect(await readAsked()).toEqual(['000006.png', '000002.png'])
  })
})

describe('a program that does not do what it should ends the stage; what it answered is kept', () => {
  test.each([
    ['dies', /^caption\.mjs, which writes the captions, ended with exit code 7; 6 pictures were not/, 2],
    ['killed', /was ended by SIGKILL; 6 pictures were not/, 2],
  ])('%s', async (mode, message, kept) => {
    const error = await annotate(run(mode)).catch((one: unknown) => one)
    expect(error).toBeInstanceOf(ToolError)
    expect((error as ToolError).message).toMatch(message)
    expect((error as ToolError).lastLines).toEqual(['loading a model', 'last words'])
    await rm(join(own.folder, 'log.txt'))
    // The same command, mended.
    const journal = await readFile(join(own.folder, 'dataset/.cnk/captions.ndjson'), 'utf8')
    expect(journal.trimEnd().split('\n')).toHaveLength(kept)
  })

  test.each([
    ['chatty', 'caption.mjs printed a line that is not an answer: "Loading checkpoint shards: 100%".', 2],
    ['stranger', 'caption.mjs answered for "/elsewhere/x.png", a path that it did not get', 1],
    ['twice', 'caption.mjs answered for "', 2],
  ])('%s', async (mode, message, kept) => {
    const error = await annotate(run(mode)).catch((one: unknown) => one)
    expect(error).toBeInstanceOf(UserError)
    expect((error as UserError).message).toContain(message)
    expect((error as UserError).code).toBe('caption-answer')
    expect((error as UserError).hint).toContain('docs/captioners.md')
    const journal = await readFile(join(own.folder, 'dataset/.cnk/captions.ndjson'), 'utf8')
    expect(journal.trimEnd().split('\n')).toHaveLength(kept)
  })

  test('silent', async () => {
    const error = await annotate(run('silent')).catch((one: unknown) => one)
    expect(error).toMatchObject({
      message: 'caption.mjs was given 8 pictures and answered for none.',
      code: 'caption-answer',
    })
  })

  test('it goes on with the rest', async () => {
    const script = join(own.folder, 'frail.sh')
    await writeFile(
      script,
      `#!/bin/sh\nhead -n 3 | while read -r path; do echo "$path" >> log.txt; printf '{"path":"%s","text":"x"}\\n' "$path"; done\n[ -e mended ]`,
    )
    await chmod(script, 0o755)
    const bench = open('./frail.sh')
    await expect(annotate(bench)).rejects.toMatchObject({ exitCode: 1 })
    expect(await readAsked()).toHaveLength(3)
    await writeFile(join(own.folder, 'mended'), '')
    await bench.run([annotateImages])
    // It was asked for those three once; of the others it still answers three, and the rest is left out.
    expect(await readAsked()).toHaveLength(6)
  })
})

test(
  'stopped while the program works: it ends, and what it answered is kept',
  { timeout: 30_000 },
  async () => {
    const script = join(own.folder, 'slow.sh')
    await writeFile(
      script,
      `#!/bin/sh\nread -r path; printf '{"path":"%s","text":"x"}\\n' "$path"; echo $$ > pid; exec sleep 60`,
    )
    await chmod(script, 0o755)
    const abort = new AbortController()
    const bench = open('./slow.sh')
    await bench.run([collectImages])
    const stopped = bench.run([annotateImages], abort.signal)
    stopped.catch(() => undefined)
    const started = async (): Promise<number> => {
      for (;;) {
        const pid = Number(await readFile(join(own.folder, 'pid'), 'utf8').catch(() => ''))
        if (pid > 0) return pid
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
    const pid = await started()
    abort.abort('SIGINT')
    await expect(stopped).rejects.toBe('SIGINT')
    expect(() => process.kill(pid, 0)).toThrow('ESRCH')
    const journal = await readFile(join(own.folder, 'dataset/.cnk/captions.ndjson'), 'utf8')
    expect(journal.trimEnd().split('\n')).toHaveLength(1)
  },
)
