/**
 * Runs the two nets, on one thread. ONNX Runtime comes as a native package (onnxruntime-node, optional) and as WebAssembly
 * (onnxruntime-web, three times slower, works everywhere); the native one is taken where it loads.
 */
import type { InferenceSession, Tensor, TypedTensor } from 'onnxruntime-common'
import type { LandmarkModels } from './landmark-models.ts'

export type NetRuntime = 'node' | 'web'

export interface LandmarkNets {
  readonly runtime: NetRuntime
  /** RGB bytes, sides multiples of 32 → [rows, columns, 25] raw values. */
  detect(pixels: Uint8Array, width: number, height: number): Promise<Float32Array>
  /** `count` crops of 112×112 RGB bytes, one after the other → `count` × 136 fractions of the crop. */
  locate(crops: Uint8Array, count: number): Promise<Float32Array>
  close(): Promise<void>
}

export const LANDMARK_NET_SIDE = 112

/** Without `runtime`: the native one, and WebAssembly where that is not installed or does not load. */
export async function openLandmarkNets(models: LandmarkModels, runtime?: NetRuntime): Promise<LandmarkNets> {
  const ort = runtime === undefined ? ((await loadNative()) ?? (await loadWeb())) : await loadRuntime(runtime)
  const [detector, landmarks] = [await ort.open(models.detector), await ort.open(models.landmarks)]
  return {
    runtime: ort.name,
    detect: (pixels, width, height) =>
      run(detector, 'cells', { image: ort.tensor(pixels, [1, height, width, 3]) }),
    locate: (crops, count) =>
      run(landmarks, 'points', { face: ort.tensor(crops, [count, LANDMARK_NET_SIDE, LANDMARK_NET_SIDE, 3]) }),
    async close() {
      await detector.release()
      await landmarks.release()
    },
  }
}

async function run(
  session: InferenceSession,
  output: string,
  feeds: Record<string, Tensor>,
): Promise<Float32Array> {
  const results = await session.run(feeds)
  const data = results[output]?.data
  if (!(data instanceof Float32Array)) throw new Error(`expected the net to give floats as ${output}`)
  return data
}

interface Runtime {
  readonly name: NetRuntime
  open(model: Uint8Array): Promise<InferenceSession>
  tensor(bytes: Uint8Array, dims: readonly number[]): TypedTensor<'uint8'>
}

async function loadRuntime(name: NetRuntime): Promise<Runtime> {
  if (name === 'web') return loadWeb()
  const native = await loadNative()
  if (native === null) throw new Error('onnxruntime-node is not installed, or does not load here')
  return native
}

const ERRORS_ONLY = 3

async function loadNative(): Promise<Runtime | null> {
  const ort = await import('onnxruntime-node').catch(() => null)
  if (ort === null) return null
  ort.env.logLevel = 'error'
  const options = { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: ERRORS_ONLY } as const
  return {
    name: 'node',
    open: (model) => ort.InferenceSession.create(model, options),
    tensor: (bytes, dims) => new ort.Tensor('uint8', bytes, dims),
  }
}

async function loadWeb(): Promise<Runtime> {
  const ort = await import('onnxruntime-web')
  ort.env.logLevel = 'error'
  ort.env.wasm.numThreads = 1
  const options = { executionProviders: ['wasm'], logSeverityLevel: ERRORS_ONLY } as const
  return {
    name: 'web',
    open: (model) => ort.InferenceSession.create(model, options),
    tensor: (bytes, dims) => new ort.Tensor('uint8', bytes, dims),
  }
}
