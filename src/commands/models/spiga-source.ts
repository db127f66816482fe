/** SPIGA: its weights from the Hub, exported to ONNX once in a Python environment of its own. */
import { UserError } from '../../errors.ts'
import type { ModelSource } from './model-source.ts'

export const spigaSource: ModelSource = {
  find: () => Promise.resolve(null),
  fetch: () => Promise.reject(new UserError('spiga can not be fetched yet.', { code: 'not-available' })),
}
