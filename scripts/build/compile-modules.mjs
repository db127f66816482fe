// Compiles each file of src/ to one of build/: what tests, benches and scripts import of the program.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'

export async function compileModules(root) {
  const files = readdirSync(join(root, 'src'), { recursive: true }).filter((file) => file.endsWith('.ts'))
  await build({
    absWorkingDir: root,
    entryPoints: files.map((file) => join('src', file)),
    outdir: 'build',
    outbase: 'src',
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    sourcemap: true,
    sourcesContent: false,
    logLevel: 'warning',
    // It only changes the names of imports; nothing is bundled.
    bundle: true,
    packages: 'external',
    plugins: [{ name: 'import-compiled-files', setup: importCompiledFiles }],
  })
}

function importCompiledFiles({ onResolve }) {
  onResolve({ filter: /^\.{1,2}\/.*\.ts$/ }, ({ path, kind }) =>
    kind === 'entry-point' ? undefined : { path: path.replace(/\.ts$/, '.js'), external: true },
  )
}
