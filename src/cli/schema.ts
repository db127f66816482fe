import { renderJsonSchema } from '../config/document.ts'
import { configSchema } from '../config/schema.ts'
import type { CommonFlags, Output } from './output.ts'

/** `schema`: the JSON Schema of the config, for editors. */
export async function schema(
  _args: readonly unknown[],
  _flags: CommonFlags,
  output: Output,
): Promise<number> {
  const text = renderJsonSchema(configSchema)
  output.print((typeof text === 'string' ? text : JSON.stringify(text, null, 2)).trimEnd())
  return 0
}
