import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../../../src/tools/package-root.ts'
import { explainPipFailure, parsePipLine } from '../../../src/environment/pip-output.ts'

const sample = (name: string) => readFileSync(join(packageRoot, 'test/fixtures/pip', `${name}.txt`), 'utf8')

test.each([
  ['wrong-hash', 'package-hash', 'idna==3.20 came with other bytes than the lock names.'],
  ['refused', 'network-missing', 'The package index does not answer.'],
  ['no-name', 'network-missing', 'The package index does not answer.'],
  ['proxy', 'network-proxy', 'The proxy does not answer.'],
  ['disk-full', 'disk-full', 'The disk is full.'],
  ['no-match', 'torch-wheel-missing', 'No package index has torch==2.13.0+cpu for this machine and Python.'],
])('%s is %s', (name, code, message) => {
  expect(explainPipFailure(sample(name))).toMatchObject({ code, message })
})

test('a used up quota, and a warning that only mentions a file error', () => {
  const quota = sample('disk-full').replace(
    '[Errno 28] No space left on device',
    '[Errno 122] Disk quota exceeded',
  )
  expect(explainPipFailure(quota)).toEqual({
    code: 'disk-full',
    message: 'Your disk quota is used up.',
    hint: 'Free some space. Or move the folders: CNK_HOME for the environment, PIP_CACHE_DIR for downloads, TMPDIR for temporary files',
  })
  expect(explainPipFailure('WARNING: cache is not used: [Errno 30] Read-only file system')).toBeNull()
})

test('what is not known is not guessed', () => {
  expect(explainPipFailure(sample('success'))).toBeNull()
  expect(explainPipFailure('ERROR: something else')).toBeNull()
})

test('a whole install, line by line', () => {
  const news = sample('success').split('\n').map(parsePipLine)
  expect(news.filter((one) => one !== null)).toEqual([
    { kind: 'collecting', name: 'idna' },
    { kind: 'downloading', file: 'idna-3.20-py3-none-any.whl', size: '69 kB' },
    { kind: 'collecting', name: 'zipp' },
    { kind: 'downloading', file: 'zipp-4.1.2-py3-none-any.whl', size: '10 kB' },
    { kind: 'installing' },
  ])
})

test.each([
  [
    'Processing /wheels/torch-2.13.0+cpu-cp311-cp311-manylinux_2_28_x86_64.whl',
    { kind: 'collecting', name: 'torch' },
  ],
  ['Requirement already satisfied: idna==3.20 in ./lib', { kind: 'collecting', name: 'idna' }],
  [
    "Ignoring colorama: markers 'sys_platform == \"win32\"' don't match your environment",
    { kind: 'ignored' },
  ],
  ["WARNING: Retrying (Retry(total=4)) after connection broken by 'X'", { kind: 'retrying' }],
  ['Successfully installed idna-3.20 zipp-4.1.2', null],
])('%s', (line, news) => expect(parsePipLine(line)).toEqual(news))
