/** A real pipeline and a real ControlNet, made by the venv, as copies that tests may damage. */
import { execFileSync } from 'node:child_process'
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../src/tools/package-root.ts'

/** Other ways in which diffusers writes the same models. */
const WRITE_OTHERS = `
import sys
from diffusers import ControlNetModel, StableDiffusionPipeline, UNet2DConditionModel
base, out = sys.argv[1:]
pipeline = StableDiffusionPipeline.from_pretrained(base, safety_checker=None)
pipeline.save_pretrained(f"{out}/fp16", variant="fp16")
pipeline.unet.save_pretrained(f"{out}/unet-parts", max_shard_size="2MB")
pipeline.unet.save_pretrained(f"{out}/unet-bin", safe_serialization=False)
controlnet = ControlNetModel.from_unet(pipeline.unet)
controlnet.save_pretrained(f"{out}/whole-start")
controlnet.save_pretrained(f"{out}/start-fp16", variant="fp16")
print(sum(weight.numel() for weight in controlnet.parameters()))
`

/**
 * Makes in `folder`: `whole`, a pipeline; `fp16`, the same in that variant alone; `unet-parts` and `unet-bin`, its UNet in other
 * forms; `whole-start` and `start-fp16`, a ControlNet for it. Returns how many values the ControlNet has.
 */
export function makeModels(folder: string, python: string): number {
  const run = (program: string, args: readonly string[]) =>
    execFileSync(python, [join(packageRoot, 'python/launch.py'), program, ...args], { stdio: 'pipe' })
  const whole = join(folder, 'whole')
  run(join(packageRoot, 'python/make_tiny_pipeline.py'), ['--output', whole, '--resolution', '64'])
  const others = join(folder, 'write_others.py')
  writeFileSync(others, WRITE_OTHERS)
  return Number(String(run(others, [whole, folder])).trim())
}

/** Replaces `to` by a copy of `from`. */
export function copyModel(from: string, to: string): void {
  rmSync(to, { recursive: true, force: true })
  cpSync(from, to, { recursive: true })
}

/** Sets keys of a JSON file. */
export function changeJson(file: string, values: Record<string, unknown>): void {
  const json = JSON.parse(readFileSync(file, 'utf8')) as object
  writeFileSync(file, JSON.stringify({ ...json, ...values }))
}

/** What Git leaves in the place of a large file that was not fetched. */
export const POINTER =
  'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 3438167540\n'
