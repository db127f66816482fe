import { execFileSync } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const astronaut = join(root, 'test/fixtures/pictures/astronaut.jpg')
let kit: string

/** The built kit, with all of its packages but onnxruntime-node. */
beforeAll(async () => {
  kit = await mkdtemp(join(tmpdir(), 'cnk-no-native-'))
  for (const name of ['dist', 'build', 'models', 'package.json'])
    await cp(join(root, name), join(kit, name), { recursive: true })
  await mkdir(join(kit, 'node_modules'))
  for (const name of await readdir(join(root, 'node_modules'))) {
    if (name.startsWith('.') || name === 'onnxruntime-node') continue
    await symlink(join(root, 'node_modules', name), join(kit, 'node_modules', name))
  }
})
afterAll(() => rm(kit, { recursive: true }))

function annotate(): { runtime: string; faces: number } {
  const program = `
    const { openFaceAnnotator } = await import(${JSON.stringify(join(kit, 'build/annotators/threads/annotator-threads.js'))})
    const annotator = await openFaceAnnotator({ annotator: 'embedded', quality: 'fast', workers: 2 })
    const { faces } = await annotator.annotate({ kind: 'file', file: ${JSON.stringify(astronaut)} })
    console.log(JSON.stringify({ runtime: annotator.runtime, faces: faces.length }))
    await annotator.close()`
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
    cwd: kit,
    encoding: 'utf8',
  })
  return JSON.parse(output) as { runtime: string; faces: number }
}

test('without onnxruntime-node, WebAssembly does it', () => {
  expect(annotate()).toEqual({ runtime: 'web', faces: 1 })
}, 60_000)

test('and also where onnxruntime-node is there but does not load', async () => {
  const broken = join(kit, 'node_modules/onnxruntime-node')
  await mkdir(broken)
  await writeFile(join(broken, 'package.json'), '{ "name": "onnxruntime-node", "main": "index.js" }')
  await writeFile(
    join(broken, 'index.js'),
    "process.dlopen({ exports: {} }, '/none/onnxruntime_binding.node')",
  )
  expect(annotate()).toEqual({ runtime: 'web', faces: 1 })
}, 60_000)
