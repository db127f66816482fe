import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { AnnotateThread } from '../../src/tools/annotate-thread.ts'

const FRAIL = fileURLToPath(new URL('../fixtures/frail-worker.mjs', import.meta.url))
const NOTHING = { models: { detector: new Uint8Array(), landmarks: new Uint8Array(), hashes: {} } }

function openThread(file = FRAIL): AnnotateThread {
  return new AnnotateThread(file, { ...NOTHING, quality: 'fast', runtime: undefined })
}

test.each([
  ['deadly', "the annotator's thread ended with code 3"],
  ['throwing', 'a fault in the thread'],
])('a thread that dies (%s) fails its picture; the next one works', async (file, message) => {
  const thread = openThread()
  await expect(thread.annotate(file)).rejects.toThrow(message)
  await expect(thread.annotate('good')).resolves.toEqual({ width: 1, height: 1, faces: [] })
  await thread.close()
})

test('a killed thread fails what is in it, and all that comes', async () => {
  const thread = openThread()
  await thread.ready()
  const pending = thread.annotate('endless')
  setTimeout(() => thread.kill(new Error('stopped')), 20)
  await expect(pending).rejects.toThrow('stopped')
  await expect(thread.annotate('good')).rejects.toThrow('stopped')
  await thread.close()
})

test('a thread that cannot start says why', async () => {
  await expect(openThread('/none/worker.mjs').ready()).rejects.toThrow('/none/worker.mjs')
})

test('a closed thread takes no more pictures', async () => {
  const thread = openThread()
  await thread.ready()
  await thread.close()
  await expect(thread.annotate('good')).rejects.toThrow('the annotator is closed')
})
