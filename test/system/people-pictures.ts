/** A folder of generated faces with everything beside them that people have in their folders, and some that only crooks have. */
import { copyFile, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { writeGeneratedFaces } from '../../src/tools/threads/generated-faces.ts'

/** Names of pictures without a face. They must stay text, wherever they are shown. */
export const HOSTILE_NAMES = [
  '<img src=x onerror=alert(1)>.png',
  '"><script>alert(2)<.png',
  'evil\u202egnp.exe.png',
  'ring\u0007 \u001b[31mred.png',
  `${'long-'.repeat(45)}.png`,
]
export const EMOJI_NAME = '顔写真 😀👩‍👩‍👧 صورة'

const CAPTIONS = [
  'a portrait photo of a person',
  'a person </script><script>alert(3)</script> looking at the camera & "smiling"',
  '一个人的肖像照片，柔和的光线',
  'صورة شخصية لإنسان ينظر إلى الكاميرا',
  `long ${'words '.repeat(1700)}`,
]

/** Every picture has its caption file. */
export async function writePeoplePictures(folder: string, faces: number): Promise<void> {
  const { signal } = new AbortController()
  await writeGeneratedFaces({ folder, faces, seed: 7, signal, onPicture: () => undefined })
  for (const name of await readdir(folder)) if (/_seg|_ldmks|\.txt$/.test(name)) await rm(join(folder, name))
  const [first, second, third, fourth] = (await readdir(folder)).sort().map((name) => join(folder, name))
  await rename(first!, join(folder, `${EMOJI_NAME}.png`))
  await mkdir(join(folder, 'again', '<b>bold&amp;'), { recursive: true })
  await copyFile(second!, join(folder, 'again', '<b>bold&amp;', 'copy.png'))
  await sharp(third).resize(96, 96).toFile(join(folder, 'tiny.png'))
  await writeFile(join(folder, 'cut.jpg'), (await sharp(fourth).jpeg().toBuffer()).subarray(0, 4000))
  await writeFile(join(folder, 'page.png'), '<html><script>alert(4)</script></html>')
  await writeTeam([second!, third!, fourth!], join(folder, 'team.jpg'))
  for (const [index, name] of HOSTILE_NAMES.entries()) await writePattern(join(folder, name), index)
  await writeCaptions(folder)
}

async function writeTeam(files: readonly string[], file: string): Promise<void> {
  const canvas = sharp({
    create: { width: files.length * 512, height: 512, channels: 3, background: '#888' },
  })
  await canvas.composite(files.map((input, index) => ({ input, left: index * 512, top: 0 }))).toFile(file)
}

async function writePattern(file: string, index: number): Promise<void> {
  const circle = `<circle cx="${100 + index * 80}" cy="200" r="${60 + index * 20}" fill="#fff"/>`
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="600" height="400"><rect width="600" height="400" fill="hsl(${index * 60},60%,60%)"/>${circle}</svg>`
  await writeFile(file, await sharp(Buffer.from(svg)).png().toBuffer())
}

async function writeCaptions(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const pictures = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
  for (const [index, file] of pictures.sort().entries()) {
    await writeFile(file.replace(/\.[^./]+$/, '.txt'), CAPTIONS[index % CAPTIONS.length]!)
  }
}
