/** The bytes of one file on the Hub: asked of the Hub where they are, and of the storage what they are. */
import { expect, test } from 'vitest'
import { openHubClient } from '../../src/tools/hub/hub-client.ts'
import { openHubFile } from '../../src/tools/hub/hub-file.ts'
import { readHubSettings } from '../../src/tools/hub/hub-settings.ts'
import { REPO } from './fake-dataset-hub.ts'
import { failure, hub, trouble, useHub } from './hub-case.ts'

const path = 'data/train.parquet'
const content = Buffer.from(Array.from({ length: 1000 }, (_, index) => (index * index) % 251))
useHub(() => ({ [path]: content }))

test('the address of the bytes is asked for once, and again when it has expired', async () => {
  const client = openHubClient(readHubSettings(), new AbortController().signal)
  const file = openHubFile(client, { id: REPO, commit: hub.commit('main'), path, sizeBytes: content.length })
  expect(Buffer.from(await file.read(0, 10)).equals(content.subarray(0, 10))).toBe(true)
  expect(Buffer.from(await file.read(500, 600)).equals(content.subarray(500, 600))).toBe(true)
  expect(hub.requests.map(({ server }) => server)).toEqual(['hub', 'storage', 'storage'])
  trouble({ status: 403 })
  expect(Buffer.from(await file.read(0, 10)).equals(content.subarray(0, 10))).toBe(true)
  expect(hub.requests.slice(3).map(({ server }) => server)).toEqual(['storage', 'hub', 'storage'])
  trouble({ status: 403 }, 2)
  const error = await failure(file.read(0, 10))
  expect(JSON.stringify([error, error!.message, error!.hint, error!.cause])).not.toMatch(/secret/)
})
