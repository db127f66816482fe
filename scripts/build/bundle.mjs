// Bundles src/ and the packages that it needs: dist/start.cjs, dist/programs/ with everything that is started by its path, and
// dist/chunks/ with what they share.
import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { build } from 'esbuild'

/** They load files of their own (native code, WebAssembly), so they are installed beside the kit. */
const INSTALLED_BESIDE = ['sharp', 'onnxruntime-node', 'onnxruntime-web']

/** CommonJS packages ask for Node's own modules with `require`, which an ES module does not have. */
const REQUIRE = `import { createRequire as createBundleRequire } from 'node:module'
const require = createBundleRequire(import.meta.url)`

/**
 * Returns the paths of all files that went into the bundle, sources and packages alike, relative to `root`. Each program and
 * chunk lies two folders below `root`, as deep as `src/tools/package-root.ts`, which finds the package's files from there.
 */
export async function bundle(root) {
  const options = {
    absWorkingDir: root,
    outdir: 'dist',
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    external: INSTALLED_BESIDE,
    sourcemap: true,
    // Positions are enough: the sources would double the package.
    sourcesContent: false,
    logLevel: 'warning',
    metafile: true,
  }
  const results = await Promise.all([
    build({
      ...options,
      entryPoints: listPrograms(root),
      format: 'esm',
      splitting: true,
      entryNames: 'programs/[name]',
      chunkNames: 'chunks/[name]-[hash]',
      banner: { js: REQUIRE },
    }),
    build({
      ...options,
      entryPoints: ['src/start.cts'],
      format: 'cjs',
      outExtension: { '.js': '.cjs' },
      plugins: [{ name: 'leave-main-outside', setup: leaveMainOutside }],
    }),
  ])
  return [...new Set(results.flatMap(({ metafile }) => Object.keys(metafile.inputs)))].sort()
}

/** The main program, threads (`…-worker.ts`) and other processes (`…-main.ts`). */
function listPrograms(root) {
  return readdirSync(join(root, 'src'), { recursive: true })
    .filter((file) => /^main\.ts$|-main\.ts$|-worker\.ts$/.test(basename(file)))
    .map((file) => join('src', file))
    .sort()
}

function leaveMainOutside({ onResolve }) {
  onResolve({ filter: /^\.\/main\.ts$/ }, () => ({ path: './programs/main.js', external: true }))
}
