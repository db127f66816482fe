/**
 * Makes docs/images/dataset.png, the README's picture: made-up faces beside their conditioning images.
 *
 *     npm run build && node scripts/make-dataset-figure.mjs docs/images/dataset.png
 */
import { generateFace } from '../build/generated-faces/generated-face.js'
import { DEFAULT_FACES } from '../build/generated-faces/generated-source.js'
import { drawConditioningImage } from '../build/tools/images/conditioning-image.js'
import { writeContactSheet } from '../build/tools/images/contact-sheet.js'
import { encodePng } from '../build/tools/images/png.js'

const SEED = 3
const PEOPLE = [0, 11, 6, 2, 9, 4]

const size = { width: DEFAULT_FACES.size, height: DEFAULT_FACES.size }
const rows = []
for (const index of PEOPLE) {
  const { rgb, landmarks } = generateFace(SEED, index)
  rows.push({
    image: await encodePng(rgb, size.width, size.height),
    conditioning: await drawConditioningImage([landmarks], size),
    caption: 'a portrait photo of a person',
  })
}
await writeContactSheet(process.argv[2], {
  title: 'image, conditioning_image and text, as the trainer reads them',
  rows,
})
