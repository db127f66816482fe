import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

/** Makes (or finds) the venv of the quickstart by the kit's own command. Returns the path of its Python. */
export function testPython(root, settings = []) {
  const command = [join(root, 'dist/start.cjs'), 'env', 'create', 'configs/quickstart.yaml', '--json']
  const printed = execFileSync(process.execPath, [...command, ...settings], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  })
  return JSON.parse(printed).python
}
