/** Folders of pictures to measure with: made once, outside the checkout. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { photoPng } from './photo.mjs'

const FACE = new URL('../fixtures/spiga-seg/upright.json', import.meta.url)

/**
 * `count` square PNGs of 512 px, as heavy as photographs, each with other bytes and other landmarks beside it
 * (FaceSynthetics' text files).
 */
export async function makeSquares(folder, count) {
  if (existsSync(join(folder, 'whole'))) return
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const png = await photoPng()
  const [points] = JSON.parse(await readFile(FACE, 'utf8')).faces
  for (let index = 0; index < count; index++) {
    const name = join(folder, String(index).padStart(6, '0'))
    await writeFile(`${name}.png`, withComment(png, `picture ${index}`))
    await writeFile(`${name}_ldmks.txt`, landmarkText(points, index))
  }
  await writeFile(join(folder, 'whole'), '')
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

function landmarkText(points, index) {
  const shift = (index % 40) - 20
  const moved = points.map(([x, y]) => [x + shift * 0.7, y - shift * 0.4])
  return [...moved, moved[37], moved[43]].map(([x, y]) => `${x.toFixed(4)} ${y.toFixed(4)}`).join('\n')
}
