/** A photo, a conditioning image or landmarks → the conditioning image that the model is asked with. */
import { readFile } from 'node:fs/promises'
import { annotatorForAnyPicture } from '../../annotators/index.ts'
import { openFaceAnnotator } from '../../annotators/threads/annotator-threads.ts'
import { conditionOf, type Condition } from '../../conditions/index.ts'
import { UserError } from '../../errors.ts'
import { boundPoints, type Face } from '../../faces/face.ts'
import { parseLandmarkJson } from '../../formats/landmark-files/parse-landmark-json.ts'
import { LandmarkFileError } from '../../formats/landmark-files/parsed-landmarks.ts'
import { kitCommand } from '../../next-step.ts'
import { faceToCrop, planCrop, type Crop, type PictureSize } from '../../raster/crop.ts'
import { drawConditioningImage } from '../../tools/images/conditioning-image.ts'
import { decodePicture } from '../../tools/images/decode-picture.ts'
import { PictureError } from '../../tools/images/picture-error.ts'
import { encodePng } from '../../tools/images/png.ts'
import type { Config } from '../../types.ts'
import { openPictureConditions } from '../annotate/picture-conditions.ts'
import type { FacesChoice, InputKind, RequestInput } from './generate-request.ts'

export interface ConditionRequest {
  readonly config: Config
  readonly input: RequestInput
  /** Null: as in training. */
  readonly faces: FacesChoice | null
  /** Pixels of the square. */
  readonly size: number
  readonly signal: AbortSignal
}

/** Bytes of a PNG file of `size` × `size` pixels. Throws a UserError where the input can't drive the model. */
export async function makeCondition(request: ConditionRequest): Promise<Buffer> {
  const condition = conditionOf(request.config.condition.kind)
  return MAKERS[request.input.kind](request, condition).catch((error: unknown) => {
    if (!(error instanceof PictureError)) throw error
    throw new UserError(`${request.input.given} can't be read: ${error.message}.`, {
      reason: 'dataset',
      code: 'picture-unreadable',
    })
  })
}

type Maker = (request: ConditionRequest, condition: Condition) => Promise<Buffer>

const MAKERS: Readonly<Record<InputKind, Maker>> = {
  photo: (request, condition) => FROM_PHOTO[condition.from](request, condition),
  conditioning: takeImage,
  landmarks: drawLandmarks,
}

const FROM_PHOTO: Readonly<Record<Condition['from'], Maker>> = {
  landmarks: findFaces,
  picture: drawPicture,
  source: async (_, { title }) => {
    throw new UserError(`Nothing turns a photo into the condition of this model: it is ${title}.`, {
      reason: 'usage',
      code: 'no-annotator',
      hint: 'Give one: --conditioning FILE',
    })
  },
}

async function findFaces({ config, input, faces: choice, size, signal }: ConditionRequest): Promise<Buffer> {
  const { annotator: configured, quality } = config.condition
  const { name } = annotatorForAnyPicture(configured)
  const annotator = await openFaceAnnotator({ annotator: name, quality, workers: 1, signal })
  try {
    const { width, height, faces } = await annotator.annotate({ kind: 'file', file: input.file })
    if (faces.length === 0) {
      throw new UserError(`No face was found in ${input.given}.`, {
        reason: 'dataset',
        code: 'no-face',
        hint: 'Take a photo in which a face is upright, in full view and not small: docs/landmarks.md.',
      })
    }
    return await drawFaces(faces, { config, choice, size, picture: { width, height } })
  } finally {
    await annotator.close()
  }
}

async function drawLandmarks(
  { config, input, faces: choice, size }: ConditionRequest,
  condition: Condition,
): Promise<Buffer> {
  if (condition.from !== 'landmarks') {
    throw new UserError(`This model is not driven by landmarks, but by ${condition.title}.`, {
      reason: 'usage',
      code: 'no-landmarks',
    })
  }
  const { faces, size: picture } = await readLandmarks(input)
  if (faces.length === 0)
    throw new UserError(`${input.given} has no face.`, { reason: 'dataset', code: 'no-face' })
  // Points without a picture are those of the conditioning image.
  const [width, height] = picture ?? [size, size]
  const crop = picture === null ? { x: 0, y: 0, side: size } : undefined
  return drawFaces(faces, { config, choice, size, picture: { width, height }, ...(crop && { crop }) })
}

async function readLandmarks({ file, given }: RequestInput) {
  try {
    return parseLandmarkJson(await readFile(file, 'utf8'))
  } catch (error) {
    if (!(error instanceof LandmarkFileError)) throw error
    throw new UserError(`${given}: ${error.message}.`, { reason: 'dataset', code: error.code, cause: error })
  }
}

interface DrawFaces {
  readonly config: Config
  readonly choice: FacesChoice | null
  readonly size: number
  readonly picture: PictureSize
  readonly crop?: Crop
}

/** As the training's rows are drawn: the same crop, around all faces that are drawn. */
function drawFaces(
  found: readonly Face[],
  { config, choice, size, picture, crop }: DrawFaces,
): Promise<Buffer> {
  const { kind, style } = config.condition
  const all = (choice ?? (config.dataset.faces === 'all' ? 'all' : 'largest')) === 'all'
  const faces = all ? found : [pickLargest(found)]
  const box = boundPoints(faces.flatMap(({ landmarks }) => landmarks))
  const square = crop ?? planCrop({ ...picture, crop: config.dataset.crop, box })
  const landmarks = faces.map((face) => faceToCrop(face, square, size).landmarks)
  return drawConditioningImage(landmarks, { kind, width: size, height: size, style })
}

function pickLargest(faces: readonly Face[]): Face {
  const area = ({ box: [, , width, height] }: Face): number => width * height
  return faces.reduce((best, face) => (area(face) > area(best) ? face : best))
}

async function drawPicture({ config, input, size, signal }: ConditionRequest): Promise<Buffer> {
  const conditions = await openPictureConditions(1, signal)
  try {
    const { conditioning } = await conditions.make({ file: input.file, kind: config.condition.kind, size })
    return Buffer.from(conditioning)
  } finally {
    await conditions.close()
  }
}

async function takeImage({ config, input, size }: ConditionRequest): Promise<Buffer> {
  const { data, width, height } = await decodePicture(await readFile(input.file), { background: '#000000' })
  if (width === size && height === size) return encodePng(data, width, height)
  const { kind } = config.condition
  const makes = conditionOf(kind).render !== null
  throw new UserError(
    `${input.given} has ${width} × ${height} pixels; expected ${size} × ${size}, as the model was trained.`,
    {
      reason: 'dataset',
      code: 'condition-size',
      hint: makes
        ? `Make one of that size: ${kitCommand('annotate', { words: ['photo.jpg'], flags: { kind, size: String(size) } })}`
        : 'Give one of that size, or name the size of this one: --size PIXELS',
    },
  )
}
