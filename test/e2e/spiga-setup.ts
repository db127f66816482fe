/** The environment of the SPIGA export, made by the kit, and a file of random weights. */
import { execFile } from 'node:child_process'
import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Face } from '../../src/faces/face.ts'
import { planSpigaCrop } from '../../src/annotators/spiga/spiga-crop.ts'
import { spigaBox } from '../../src/annotators/spiga/spiga-passes.ts'
import { cacheFolder } from '../../src/tools/files/cache-folder.ts'
import { decodePyramid } from '../../src/annotators/embedded/detection-pyramid.ts'
import { DETECTION_SIDES, findFaces } from '../../src/annotators/embedded/find-faces.ts'
import { locateHelperEnvironment } from '../../src/tools/python/helper-environment.ts'
import { readLandmarkModels } from '../../src/annotators/embedded/landmark-models.ts'
import { openLandmarkNets } from '../../src/annotators/embedded/landmark-nets.ts'
import { openSpigaNet } from '../../src/annotators/spiga/spiga-net.ts'
import { ensureVenv } from '../../src/tools/python/venv.ts'

export const CONFIG = `
version: 1
name: spiga
condition: { annotator: spiga }
dataset:
  source: { generated: 3 }
  crop: center
  resolution: 128
  validation: { count: 0 }
  filters: { duplicates: keep, cut_faces: keep, max_pose: 180 }
`

export const runFile = promisify(execFile)

/**
 * A cache folder of its own, with the environments of the person's: they are keyed by what they hold, so the one for the
 * export is made by the first run of the tests, and found by the next.
 */
export async function makeHome(folder: string): Promise<string> {
  const environments = join(cacheFolder(), 'environments')
  await mkdir(environments, { recursive: true })
  const home = join(folder, 'home')
  await mkdir(home)
  await symlink(environments, join(home, 'environments'))
  return home
}

/** The Python of the export's environment. */
export async function exportPython(): Promise<string> {
  const plan = await locateHelperEnvironment('python/locks/spiga-cpu.txt')
  await ensureVenv({ ...plan, signal: new AbortController().signal, tell: () => undefined })
  return plan.python
}

export async function writeRandomWeights(python: string, file: string): Promise<void> {
  await runFile(python, [join(import.meta.dirname, 'python/random_spiga.py'), file])
}

/** A program in Python's place, whose reference is `shift` beside what its network says. */
export async function standIn(folder: string, onnx: string, shift: number): Promise<string> {
  const images = new Float32Array(3 * 256 * 256).fill(0.5)
  const net = await openSpigaNet(onnx)
  const said = await net.locate(images)
  await net.close()
  await writeFile(join(folder, 'images'), Buffer.from(images.buffer))
  await writeFile(join(folder, 'said'), Buffer.from(said.map((value) => value + shift).buffer))
  const program = join(folder, 'stand-in')
  const answer = { onnx: { sha256: '', bytes: 1 }, opset: 17, reference: { count: 1 }, versions: {} }
  const lines = [
    '#!/bin/sh',
    'for output; do :; done',
    `ln "${onnx}" "$output/spiga.onnx"`,
    `cp "${join(folder, 'images')}" "$output/reference-images.f32"`,
    `cp "${join(folder, 'said')}" "$output/reference-landmarks.f32"`,
    `echo '${JSON.stringify(answer)}'`,
  ]
  await writeFile(program, `${lines.join('\n')}\n`)
  await chmod(program, 0o755)
  return program
}

/** The embedded annotator's best. */
export async function findFace(file: string): Promise<Face> {
  const nets = await openLandmarkNets(await readLandmarkModels())
  const [face] = await findFaces(await decodePyramid(await readFile(file), DETECTION_SIDES.best), nets)
  await nets.close()
  return face!
}

export const cropOf = ({ landmarks }: Face) => planSpigaCrop(spigaBox(landmarks))
