/** Runs SPIGA's exported network on one thread, one face at a time; batches are not faster on a CPU. */
import { LANDMARK_COUNT } from '../../faces/face.ts'
import { SPIGA_SIDE } from './spiga-crop.ts'
import { loadOnnxRuntime, runSession, type NetRuntime } from '../../tools/nets/net-runtime.ts'

export interface SpigaNet {
  readonly runtime: NetRuntime
  /** 3 × 256 × 256 numbers, as returned by `sampleSpigaInput` → 136 fractions of the square. */
  locate(input: Float32Array): Promise<Float32Array>
  close(): Promise<void>
}

export async function openSpigaNet(file: string, runtime?: NetRuntime): Promise<SpigaNet> {
  const ort = await loadOnnxRuntime(runtime)
  const session = await ort.open(file)
  return {
    runtime: ort.name,
    async locate(input) {
      const image = ort.floats(input, [1, 3, SPIGA_SIDE, SPIGA_SIDE])
      const landmarks = await runSession(session, 'landmarks', { image })
      if (landmarks.length !== LANDMARK_COUNT * 2)
        throw new Error(`expected ${LANDMARK_COUNT * 2} numbers of SPIGA, got ${landmarks.length}`)
      return landmarks
    },
    close: () => session.release(),
  }
}
