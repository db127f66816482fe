/**
 * ONNX Runtime as a native package (onnxruntime-node, optional) or as WebAssembly (onnxruntime-web, three times slower, works
 * everywhere). The native one is used if it loads. Sessions use one thread, because the kit runs several sessions.
 */
import { readFile } from 'node:fs/promises'
import type { InferenceSession, Tensor, TypedTensor } from 'onnxruntime-common'

export type NetRuntime = 'node' | 'web'

export interface OnnxRuntime {
  readonly name: NetRuntime
  /** `model` is the model's bytes or its file. */
  open(model: Uint8Array | string): Promise<InferenceSession>
  bytes(data: Uint8Array, dims: readonly number[]): TypedTensor<'uint8'>
  floats(data: Float32Array, dims: readonly number[]): TypedTensor<'float32'>
}

/** Without `name`: the native runtime, or WebAssembly when that is not installed or does not load. */
export async function loadOnnxRuntime(name?: NetRuntime): Promise<OnnxRuntime> {
  if (name === 'web') return loadWeb()
  const native = await loadNative()
  if (native !== null) return native
  if (name === 'node') throw new Error('onnxruntime-node is not installed, or does not load here')
  return loadWeb()
}

/** Runs a session and returns one of its outputs. Throws unless that consists of 32-bit floats. */
export async function runSession(
  session: InferenceSession,
  output: string,
  feeds: Record<string, Tensor>,
): Promise<Float32Array> {
  const results = await session.run(feeds)
  const data = results[output]?.data
  if (!(data instanceof Float32Array)) throw new Error(`expected the net to give floats as ${output}`)
  return data
}

const ERRORS_ONLY = 3

async function loadNative(): Promise<OnnxRuntime | null> {
  const ort = await import('onnxruntime-node').catch(() => null)
  if (ort === null) return null
  ort.env.logLevel = 'error'
  const options = { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: ERRORS_ONLY } as const
  const { InferenceSession: Session } = ort
  return {
    name: 'node',
    open: (model) =>
      typeof model === 'string' ? Session.create(model, options) : Session.create(model, options),
    bytes: (data, dims) => new ort.Tensor('uint8', data, dims),
    floats: (data, dims) => new ort.Tensor('float32', data, dims),
  }
}

async function loadWeb(): Promise<OnnxRuntime> {
  const ort = await import('onnxruntime-web')
  ort.env.logLevel = 'error'
  ort.env.wasm.numThreads = 1
  const options = { executionProviders: ['wasm'], logSeverityLevel: ERRORS_ONLY } as const
  return {
    name: 'web',
    open: async (model) =>
      ort.InferenceSession.create(typeof model === 'string' ? await readFile(model) : model, options),
    bytes: (data, dims) => new ort.Tensor('uint8', data, dims),
    floats: (data, dims) => new ort.Tensor('float32', data, dims),
  }
}
