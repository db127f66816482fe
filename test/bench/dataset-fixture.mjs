/** Folders of pictures to measure with, made once in the temporary folder. Every picture differs from all others. */
import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import sharp from 'sharp'
import { writeGeneratedFaces } from '../../build/tools/threads/generated-faces.js'
import { photoPng } from './photo.mjs'

const FACE = new URL('../fixtures/spiga-seg/upright.json', import.meta.url)

/**
 * Square PNGs of 512 px, as heavy as photographs, and other landmarks beside each
 * (FaceSynthetics' text files).
 */
export async function makeSquares(folder, count) {
  return writeSquares({ folder, count, side: 512 })
}

/** The same with 64 px. */
export async function makeSmallSquares(folder, count) {
  return writeSquares({ folder, count, side: 64 })
}

/** What an earlier run left there. */
export async function removeSquares(folder, { from, to }) {
  for (let index = from; index < to; index++)
    for (const end of ['.png', '_ldmks.txt']) await rm(nameSquare(folder, index) + end, { force: true })
}

const nameSquare = (folder, index) => join(folder, String(index).padStart(6, '0'))

/** How many pictures; beyond these the same pixels come in other bytes. */
const KINDS = 300

async function writeSquares({ folder, count, side }) {
  await mkdir(folder, { recursive: true })
  const pngs = []
  const [points] = JSON.parse(await readFile(FACE, 'utf8')).faces
  for (let index = 0; index < count; index++) {
    const name = nameSquare(folder, index)
    if (existsSync(`${name}_ldmks.txt`)) continue
    pngs[index % KINDS] ??= await photoPng(side, index % KINDS)
    await writeFile(`${name}.png`, withComment(pngs[index % KINDS], `picture ${index}`))
    await writeFile(`${name}_ldmks.txt`, landmarkText(points, index, side / 512))
  }
}

/** The same pixels in other bytes: a text chunk before the end. */
function withComment(png, text) {
  const body = Buffer.from(`tEXtComment\0${text}`)
  const chunk = Buffer.alloc(body.length + 8)
  chunk.writeUInt32BE(body.length - 4, 0)
  body.copy(chunk, 4)
  chunk.writeUInt32BE(crc32(body), body.length + 4)
  return Buffer.concat([png.subarray(0, -12), chunk, png.subarray(-12)])
}

function landmarkText(points, index, scale) {
  const shift = (index % 40) - 20
  const moved = points.map(([x, y]) => [(x + shift * 0.7) * scale, (y - shift * 0.4) * scale])
  return [...moved, moved[37], moved[43]].map(([x, y]) => `${x.toFixed(4)} ${y.toFixed(4)}`).join('\n')
}

/**
 * JPEG photos of 1024 × 1024 pixels with one face each: 200 generated faces, enlarged, each time under other sensor noise.
 */
export async function makePhotos(folder, count) {
  const kinds = 200
  const faces = await makeFaces(kinds)
  await mkdir(folder, { recursive: true })
  for (let index = 0; index < count; index++) {
    const file = join(folder, `photo-${index}.jpg`)
    if (existsSync(file)) continue
    const rgb = await sharp(faces(index % kinds))
      .resize(1024)
      .removeAlpha()
      .raw()
      .toBuffer()
    addNoise(rgb, index + 1)
    await sharp(rgb, { raw: { width: 1024, height: 1024, channels: 3 } })
      .jpeg({ quality: 92 })
      .toFile(file)
  }
}

/** Small JPEGs of 160 px with one face each, from 200 generated faces in shifting crops. */
export async function makePortraits(folder, count) {
  const kinds = 200
  const faces = await makeFaces(kinds)
  await mkdir(folder, { recursive: true })
  for (let index = 0; index < count; index++) {
    const file = join(folder, `portrait-${String(index).padStart(6, '0')}.jpg`)
    if (existsSync(file)) continue
    const round = Math.floor(index / kinds)
    const region = { left: round % 16, top: Math.floor(round / 16), width: 490, height: 490 }
    await sharp(faces(index % kinds))
      .extract(region)
      .resize(160)
      .jpeg({ quality: 88 })
      .toFile(file)
  }
}

/** Gives the file of a face by its index. */
async function makeFaces(count) {
  const folder = join(tmpdir(), `cnk-bench-faces-${count}`)
  const signal = new AbortController().signal
  if (!existsSync(folder)) await writeGeneratedFaces({ folder, faces: count, seed: 11, signal })
  return (index) => join(folder, `${String(index).padStart(6, '0')}.png`)
}

function addNoise(rgb, seed) {
  let noise = seed
  for (let at = 0; at < rgb.length; at++) {
    noise = (noise * 1103515245 + 12345) % 2147483648
    rgb[at] = Math.max(0, Math.min(255, rgb[at] + (noise / 2147483648) * 8 - 4))
  }
}
