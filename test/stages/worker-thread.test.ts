import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { WorkerThread } from '../../src/tools/threads/worker-thread.ts'

const FRAIL = fileURLToPath(new URL('../fixtures/frail-worker.mjs', import.meta.url))

function openThread(file = FRAIL): WorkerThread<string, string, string> {
  return new WorkerThread(file, null)
}

test.each([
  ['deadly', 'a thread ended with code 3'],
  ['throwing', 'a fault in the thread'],
])('a thread that dies (%s) fails its picture; the next one works', async (file, message) => {
  const thread = openThread()
  await expect(thread.ask(file)).rejects.toThrow(message)
  await expect(thread.ask('good')).resolves.toBe('good')
  await thread.close()
})

test('a killed thread fails what is in it, and all that comes', async () => {
  const thread = openThread()
  await thread.ready()
  const pending = thread.ask('endless')
  setTimeout(() => thread.kill(new Error('stopped')), 20)
  await expect(pending).rejects.toThrow('stopped')
  await expect(thread.ask('good')).rejects.toThrow('stopped')
  await thread.close()
})

test('a thread that cannot start says why', async () => {
  await expect(openThread('/none/worker.mjs').ready()).rejects.toThrow('/none/worker.mjs')
})

test('a closed thread takes no more pictures', async () => {
  const thread = openThread()
  await thread.ready()
  await thread.close()
  await expect(thread.ask('good')).rejects.toThrow('the thread is closed')
})
