import { renderJsonSchema } from '../config/document.ts'
import { configSchema } from '../config/schema.ts'
import { loadOutput, type CommonFlags } from './output.ts'

/** `schema`: the JSON Schema of the config, for editors. */
export async function schema(_args: readonly unknown[], flags: CommonFlags): Promise<number> {
  const text = renderJsonSchema(configSchema)
  loadOutput('schema', flags).print(
    (typeof text === 'string' ? text : JSON.stringify(text, null, 2)).trimEnd(),
  )
  return 0
}
