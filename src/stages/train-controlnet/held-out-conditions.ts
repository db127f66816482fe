import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { stampFile } from '../../dataset/work-files.ts'
import { UserError } from '../../errors.ts'
import { readRows } from '../../tools/files/read-rows.ts'
import { conditionPath } from '../../trainer/previews.ts'
import type { StageContext } from '../../types.ts'
import { kitCommand } from '../../next-step.ts'

/**
 * Writes the first conditioning images as PNG files beside the run, for previews and for verifying the model: of the
 * held-out rows; where none is held out, one of the training rows. The trainer opens them only after many steps, so
 * they are checked here. A dataset that turns out to be damaged is no longer taken for whole: the next `prepare` or `train`
 * writes it anew.
 */
export async function writeConditions(context: StageContext, count: number): Promise<string[]> {
  try {
    return await takeConditions(context, count)
  } catch (error) {
    if (error instanceof UserError && DAMAGE.includes(error.code ?? ''))
      await rm(stampFile(context.paths, 'write-dataset'), { force: true })
    throw error
  }
}

const DAMAGE = ['dataset-empty', 'dataset-unreadable', 'condition-size']

async function takeConditions({ config, paths }: StageContext, count: number): Promise<string[]> {
  const columns = ['conditioning_image'] as const
  const heldOut = await readRows(paths.dataset, { split: 'validation', count, columns })
  const rows =
    heldOut.length > 0 ? heldOut : await readRows(paths.dataset, { split: 'train', count: 1, columns })
  const images = rows.map((row) => row.conditioning_image)
  if (images.length === 0) {
    throw new UserError(`The dataset ${paths.dataset} has no rows.`, {
      code: 'dataset-empty',
      hint: `Write it: ${kitCommand('prepare')}`,
    })
  }
  const files = images.map((_, index) => conditionPath(paths, index))
  await mkdir(dirname(files[0]!), { recursive: true })
  for (const [index, image] of images.entries()) {
    checkSize(image, config.dataset.resolution, index)
    await writeFile(files[index]!, image)
  }
  return files
}

/** The trainer stacks previews beside their conditions, which fails unless both have one size. */
function checkSize(image: Uint8Array, resolution: number, index: number): void {
  const size = pngSize(image)
  if (size !== null && size.width === resolution && size.height === resolution) return
  const found = size === null ? 'no PNG' : `${size.width} × ${size.height}`
  throw new UserError(
    `The dataset's conditioning image ${index} is not what the training expects: expected a PNG of ${resolution} × ${resolution} pixels, found ${found}.`,
    { code: 'condition-size', hint: `Write the dataset anew: ${kitCommand('prepare')}` },
  )
}

/** Width and height stand at a fixed place: signature, then the chunk IHDR. */
function pngSize(bytes: Uint8Array): { width: number; height: number } | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 24 || view.getUint32(0) !== 0x89504e47 || view.getUint32(12) !== 0x49484452) return null
  return { width: view.getUint32(16), height: view.getUint32(20) }
}
