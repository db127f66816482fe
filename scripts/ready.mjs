// Makes a checkout ready: checks Node, installs the packages and builds, each only when something changed since.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import buildIfChanged from './build-if-changed.mjs'
import { hashFiles } from './hash-files.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const LOWEST_NODE = [20, 19]

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < LOWEST_NODE[0] || (major === LOWEST_NODE[0] && minor < LOWEST_NODE[1])) {
  console.error(
    `✖ controlnet-kit needs Node ${LOWEST_NODE.join('.')} or newer; this is ${process.versions.node}.`,
  )
  process.exit(3)
}

installIfChanged()
buildIfChanged()

/** The mark comes last, so that a broken installation is done again. */
function installIfChanged() {
  const mark = join(root, 'node_modules', '.ready')
  const key = hashFiles(root, ['package.json', 'package-lock.json'])
  if (existsSync(mark) && readFileSync(mark, 'utf8') === key) return
  if (!isInstalled()) install()
  writeFileSync(mark, key)
}

function install() {
  console.error('Installing the npm packages (about 570 MB) …')
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  execFileSync(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  })
}

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
