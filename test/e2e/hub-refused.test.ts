/** What the Hub does not give, and what is said then. Nothing is read from its files. */
import { expect, test, vi } from 'vitest'
import { REPO } from './fake-dataset-hub.ts'
import { failure, observe, TOKEN, trouble, useHub } from './hub-case.ts'

useHub(() => ({ 'README.md': Buffer.from('# faces'), 'data/train.parquet': Buffer.from('PAR1') }))

test.each([
  [
    'gated',
    { status: 403, code: 'GatedRepo' },
    'hub-gated',
    /gated/,
    /Accept them on http.*\/datasets\/owner\/faces/,
  ],
  [
    'missing or private',
    { status: 401, code: 'RepoNotFound' },
    'hub-missing',
    /no dataset owner\/faces/,
    /spelling/,
  ],
  ['a token that may not', { status: 403 }, 'hub-forbidden', /does not let you/, /rights/],
])('%s', async (_name, what, code, message, hint) => {
  trouble(what)
  const error = await failure(observe())
  expect(error).toMatchObject({
    name: 'UserError',
    reason: 'preflight',
    code,
    message: expect.stringMatching(message) as string,
    hint: expect.stringMatching(hint) as string,
  })
  expect(JSON.stringify([error, error!.message, error!.hint])).not.toContain(TOKEN)
})

test('a revision that is not there, and no token', async () => {
  expect(await failure(observe(`${REPO}@v9`))).toMatchObject({
    code: 'hub-revision',
    message: 'owner/faces has no revision v9.',
  })
  vi.stubEnv('HF_TOKEN', '')
  trouble({ status: 401, code: 'GatedRepo' })
  expect(await failure(observe())).toMatchObject({
    hint: expect.stringMatching(/hf auth login, or set HF_TOKEN/) as string,
  })
})
