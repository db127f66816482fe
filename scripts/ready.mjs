// Makes a checkout ready: checks Node, installs the packages and builds, each only when something changed since.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const LOWEST_NODE = [20, 19]

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < LOWEST_NODE[0] || (major === LOWEST_NODE[0] && minor < LOWEST_NODE[1])) {
  console.error(
    `✖ controlnet-kit needs Node ${LOWEST_NODE.join('.')} or newer; this is ${process.versions.node}.`,
  )
  process.exit(3)
}

onceFor(join(root, 'node_modules', '.ready'), hashFiles(['package.json', 'package-lock.json']), () => {
  if (isInstalled()) return
  console.error('Installing the npm packages (about 570 MB) …')
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  execFileSync(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  })
})
onceFor(
  join(root, 'dist', '.ready'),
  hashFiles(['package-lock.json', 'tsconfig.json', 'tsconfig.build.json', ...walk('src')]),
  () => {
    console.error('Building …')
    execFileSync(process.execPath, [join(root, 'scripts', 'build.mjs')], {
      cwd: root,
      stdio: ['ignore', 2, 2],
    })
  },
)

/** Whether somebody ran `npm install` already: npm writes down what it installed. */
function isInstalled() {
  const file = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(file)) return false
  const installed = JSON.parse(readFileSync(file, 'utf8')).packages
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages
  return Object.entries(wanted).every(
    ([path, { version, optional }]) => path === '' || optional || installed[path]?.version === version,
  )
}

/** Does the work unless the mark says that it was done for the same key; the mark comes last. */
function onceFor(mark, key, work) {
  if (existsSync(mark) && readFileSync(mark, 'utf8') === key) return
  work()
  writeFileSync(mark, key)
}

function hashFiles(files) {
  const hash = createHash('sha256')
  for (const file of files) hash.update(`${file}\n`).update(readFileSync(join(root, file)))
  return hash.digest('hex')
}

function walk(folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length))
    .sort()
}
