import { rm } from 'node:fs/promises'
import { isSegmentation } from '../../formats/landmark-files/face-synthetics.ts'
import { GENERATOR_SEED } from '../../generated-faces/generated-source.ts'
import { writeGeneratedFaces } from '../../tools/threads/generated-faces.ts'
import type { MakeOptions } from '../make-pictures.ts'
import { findPictureFiles } from '../folders-and-zips/picture-files.ts'

export async function makeFaces({ count, folder, signal, begin }: MakeOptions): Promise<void> {
  const there = await findPictureFiles(folder, { skip: isSegmentation }).catch(() => null)
  if (there?.pictures.length === count && there.texts.length === count) return
  await rm(folder, { recursive: true, force: true })
  const onPicture = begin()
  await writeGeneratedFaces({ folder, count, seed: GENERATOR_SEED, signal, onPicture })
}
