// A thread that does nothing but run a network on zeros, as often as it is told.
import { parentPort, workerData } from 'node:worker_threads'
import { loadOnnxRuntime } from '../../build/tools/nets/net-runtime.js'

const ort = await loadOnnxRuntime()
const session = await ort.open(workerData)
const image = ort.floats(new Float32Array(3 * 256 * 256), [1, 3, 256, 256])
parentPort.on('message', async (count) => {
  for (let i = 0; i < count; i++) await session.run({ image })
  parentPort.postMessage('done')
})
parentPort.postMessage('ready')
