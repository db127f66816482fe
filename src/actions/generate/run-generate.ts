/** `controlnet-kit generate`: conditions, pictures with their recipes, and a grid of all. */
import { readFile, rename, writeFile } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import { addPngText } from '../../formats/pictures/png-text.ts'
import { makeFolder, writeFileAtomic } from '../../tools/files/atomic-write.ts'
import { drawPictureGrid } from '../../tools/images/picture-grid.ts'
import { withDrawingProgram, type DrawingProgram } from '../../tools/python/drawing-program.ts'
import { previewPrompt } from '../../trainer/previews.ts'
import type { DrawJob } from '../../trainer/drawing-program.ts'
import type { Command, Config } from '../../types.ts'
import type { GenerateRequest } from './generate-request.ts'
import { makeCondition } from './make-condition.ts'
import { planRecipe, RECIPE_KEYWORD, type DrawnBy } from './recipe.ts'

export interface GenerateOptions {
  readonly requests: readonly GenerateRequest[]
  /** Of the model's run. */
  readonly config: Config
  /** What draws. */
  readonly command: Command
  /** Folder of the ControlNet. */
  readonly controlnet: string
  readonly drawnBy: DrawnBy
  /** Absolute. */
  readonly out: string
  readonly signal: AbortSignal
  readonly onPicture: (file: string) => void
}

export interface Generated {
  readonly pictures: readonly string[]
  readonly grid: string
}

/** All conditions are made before the models load, so that what can't be drawn is told at once. */
export async function runGenerate(options: GenerateOptions): Promise<Generated> {
  const { requests, config, out, command, signal } = options
  const names = nameRequests(requests)
  const conditions: string[] = []
  for (const [index, request] of requests.entries()) {
    const size = request.size ?? config.dataset.resolution
    const png = await makeCondition({ config, input: request.input, faces: request.faces, size, signal })
    if (index === 0) await makeFolder(out)
    const file = join(out, `${names[index]!}.conditioning.png`)
    await writeFileAtomic(file, png)
    conditions.push(file)
  }
  const rows: string[][] = []
  await withDrawingProgram(command, { signal, reason: 'training' }, async (program) => {
    for (const [index, request] of requests.entries()) {
      const given = { request, name: names[index]!, condition: conditions[index]!, program }
      rows.push(await drawRequest(options, given))
    }
  })
  const grid = join(out, 'grid.png')
  const side = Math.max(...requests.map(({ size }) => size ?? config.dataset.resolution))
  await writeFileAtomic(grid, await drawPictureGrid(layOut(conditions, rows), { side }))
  return { pictures: rows.flat(), grid }
}

interface Given {
  readonly request: GenerateRequest
  readonly name: string
  readonly condition: string
  readonly program: DrawingProgram
}

async function drawRequest(
  options: GenerateOptions,
  { request, name, condition, program }: Given,
): Promise<string[]> {
  const { config, controlnet, out, onPicture, drawnBy } = options
  const facts = await program.ready
  const side = request.size ?? config.dataset.resolution
  const files: string[] = []
  for (let number = 0; number < request.count; number++) {
    const seed = request.seed + number
    const output = join(out, `${name}-${seed}.png`)
    const job: DrawJob = {
      ...{
        kind: 'draw',
        controlnet,
        condition,
        seed,
        scale: request.scale,
        width: side,
        height: side,
        output,
      },
      prompt: request.prompt ?? previewPrompt(config),
      negative_prompt: request.negative,
      guidance: request.guidance ?? config.evaluate.guidance_scale,
      steps: request.steps ?? config.evaluate.num_inference_steps,
    }
    await program.draw(job)
    await addRecipe(output, JSON.stringify(planRecipe(job, { request, drawnBy, facts, config })))
    files.push(output)
    onPicture(output)
  }
  return files
}

async function addRecipe(file: string, recipe: string): Promise<void> {
  const png = await readFile(file)
  await writeFile(`${file}.part`, addPngText(png, RECIPE_KEYWORD, recipe))
  await rename(`${file}.part`, file)
}

/** By the input's name; numbered where there are several. */
function nameRequests(requests: readonly GenerateRequest[]): string[] {
  const digits = String(requests.length).length
  return requests.map(({ input }, index) => {
    const name = inputName(input.file)
    return requests.length === 1 ? name : `${String(index + 1).padStart(digits, '0')}-${name}`
  })
}

/** `me` for me.jpg, me.conditioning.png and me.landmarks.json. */
export function inputName(file: string): string {
  return basename(file, extname(file)).replace(/\.(conditioning|landmarks)$/, '')
}

const MOST_IN_A_ROW = 8

/** A row for each condition, the condition first; long ones go on below. */
function layOut(conditions: readonly string[], rows: readonly (readonly string[])[]): string[][] {
  return rows.flatMap((files, index) => {
    const all = [conditions[index]!, ...files]
    const lines = Math.ceil(all.length / MOST_IN_A_ROW)
    return Array.from({ length: lines }, (_, line) =>
      all.slice(line * MOST_IN_A_ROW, (line + 1) * MOST_IN_A_ROW),
    )
  })
}
