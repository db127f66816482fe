/**
 * Makes docs/images/conditions.png: a made-up face and what the conditions show of it.
 *
 *     npm run build && node scripts/make-conditions-figure.mjs docs/images/conditions.png
 */
import sharp from 'sharp'
import { conditionOf } from '../build/conditions/index.js'
import { generateFace } from '../build/generated-faces/generated-face.js'
import { DEFAULT_FACES } from '../build/generated-faces/generated-source.js'

const SHOWN = 256
const GAP = 4

const { rgb: picture, landmarks } = generateFace(3, 11)
const SIDE = DEFAULT_FACES.size
const input = { width: SIDE, height: SIDE, faces: [landmarks], picture, style: 'spiga-seg' }
const styles = ['spiga-seg', 'points', 'wireframe'].map((style) =>
  conditionOf('face-landmarks').render({ ...input, style }),
)
const pictures = [
  picture,
  ...styles,
  conditionOf('canny').render(input),
  conditionOf('color-palette').render(input),
]
const tiles = pictures.map(async (rgb, index) => ({
  input: await sharp(rgb, { raw: { width: SIDE, height: SIDE, channels: 3 } })
    .resize(SHOWN)
    .png()
    .toBuffer(),
  left: (index % 3) * (SHOWN + GAP),
  top: Math.floor(index / 3) * (SHOWN + GAP),
}))
const [width, height] = [3 * SHOWN + 2 * GAP, 2 * SHOWN + GAP]
await sharp({ create: { width, height, channels: 3, background: '#ffffff' } })
  .composite(await Promise.all(tiles))
  .png({ palette: true, quality: 90, compressionLevel: 9 })
  .toFile(process.argv[2])
