// Writes dist/THIRD_PARTY_LICENSES.txt: every package that went into the bundle, with the text of its licence.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const HEADING = `The files beside this one hold code of the packages below, bundled with that of controlnet-kit.
`

/** `files` are the bundled ones, relative to `root`. Throws for a package without a licence text. */
export function writeLicences(root, files) {
  const folders = [...new Set(files.flatMap(findPackage))].sort()
  const sections = folders.map((folder) => describe(join(root, folder)))
  writeFileSync(join(root, 'dist/THIRD_PARTY_LICENSES.txt'), [HEADING, ...sections].join('\n'))
}

/** The folder of the package that holds the file; none for the kit's own files. */
function findPackage(file) {
  const [folder] = /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(file) ?? []
  return folder === undefined ? [] : [folder]
}

function describe(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const texts = readdirSync(folder)
    .filter((file) => /^(licen[cs]e|notice|copying)([.-]|$)/i.test(file))
    .map((file) => readFileSync(join(folder, file), 'utf8').trim())
  if (texts.length === 0) throw new Error(`${name} ${version} is bundled, but has no file with its licence`)
  return `${'-'.repeat(80)}\n${name} ${version} (${license})\n\n${texts.join('\n\n')}\n`
}
