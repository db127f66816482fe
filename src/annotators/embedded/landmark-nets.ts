/** Runs the detector and the landmark net on one thread. */
import type { LandmarkModels } from './landmark-models.ts'
import { loadOnnxRuntime, runSession, type NetRuntime } from '../../tools/nets/net-runtime.ts'

export interface LandmarkNets {
  readonly runtime: NetRuntime
  /** RGB bytes, sides multiples of 32 → raw values [rows, columns, 25]. */
  detect(pixels: Uint8Array, width: number, height: number): Promise<Float32Array>
  /** `count` crops of 112×112 RGB bytes, one after the other → `count` × 136 coordinates as fractions of the crop. */
  locate(crops: Uint8Array, count: number): Promise<Float32Array>
  close(): Promise<void>
}

export const LANDMARK_NET_SIDE = 112

/** Without `runtime`: native ONNX Runtime, or WebAssembly when that is not installed or does not load. */
export async function openLandmarkNets(models: LandmarkModels, runtime?: NetRuntime): Promise<LandmarkNets> {
  const ort = await loadOnnxRuntime(runtime)
  const [detector, landmarks] = [await ort.open(models.detector), await ort.open(models.landmarks)]
  return {
    runtime: ort.name,
    detect: (pixels, width, height) =>
      runSession(detector, 'cells', { image: ort.bytes(pixels, [1, height, width, 3]) }),
    locate: (crops, count) =>
      runSession(landmarks, 'points', {
        face: ort.bytes(crops, [count, LANDMARK_NET_SIDE, LANDMARK_NET_SIDE, 3]),
      }),
    async close() {
      await detector.release()
      await landmarks.release()
    },
  }
}
