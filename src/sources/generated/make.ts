import { rm } from 'node:fs/promises'
import { isSegmentation } from '../../formats/landmark-files/face-synthetics.ts'
import { GENERATOR_SEED, readFaceSet, type GeneratedFaces } from '../../generated-faces/generated-source.ts'
import { writeGeneratedFaces } from '../../tools/threads/generated-faces.ts'
import type { MakeOptions, PictureMaker } from '../picture-maker.ts'
import { findPictureFiles } from '../folders-and-zips/picture-files.ts'

export const faceMaker: PictureMaker<GeneratedFaces> = { make }

/** A caption and landmarks. */
const TEXTS_EACH = 2

async function make({ given, folder, signal, begin }: MakeOptions<GeneratedFaces>): Promise<void> {
  const { count } = readFaceSet(given)
  const there = await findPictureFiles(folder, { skip: isSegmentation }).catch(() => null)
  if (there?.pictures.length === count && there.texts.length === TEXTS_EACH * count) return
  await rm(folder, { recursive: true, force: true })
  const onPicture = begin()
  await writeGeneratedFaces({ folder, faces: given, seed: GENERATOR_SEED, signal, onPicture })
}
