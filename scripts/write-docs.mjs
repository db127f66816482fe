/** Writes docs/config.md and docs/controlnet.schema.json from the built schema: `npm run build && node scripts/write-docs.mjs`. */
import { writeFile } from 'node:fs/promises'
import { format, resolveConfig } from 'prettier'
import { renderConfigReference, renderJsonSchema } from '../build/config/document.js'
import { configSchema } from '../build/config/schema.js'

const docs = new URL('../docs/', import.meta.url)
await writeFile(new URL('config.md', docs), renderConfigReference(configSchema))
const schema = JSON.stringify(renderJsonSchema(configSchema), null, 2)
const options = await resolveConfig(new URL('controlnet.schema.json', docs))
await writeFile(new URL('controlnet.schema.json', docs), await format(schema, { ...options, parser: 'json' }))
