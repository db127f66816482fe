import { expect, it } from 'vitest'
import { isWholeChunk, readPngChunks } from '../../../../src/formats/pictures/png-chunks.ts'
import { addPngText, readPngText } from '../../../../src/formats/pictures/png-text.ts'
import { encodePngHere } from '../../../../src/tools/images/png.ts'

const png = encodePngHere(new Uint8Array(12), 2, 2)

it('puts words in a PNG, and finds them again', () => {
  const text = JSON.stringify({ prompt: 'ein Ölbild, 油画 🎨', seed: 7 })
  const said = addPngText(png, 'controlnet-kit', text)
  expect(readPngText(said, 'controlnet-kit')).toBe(text)
  expect(readPngText(said, 'other')).toBeNull()
  expect(readPngText(png, 'controlnet-kit')).toBeNull()
  const chunks = [...readPngChunks(said)]
  expect(chunks.map(({ type }) => type)).toEqual(['IHDR', 'iTXt', 'IDAT', 'IEND'])
  expect(chunks.every(isWholeChunk)).toBe(true)
})

it('takes PNG files alone', () =>
  expect(() => addPngText(Buffer.from('JFIF'), 'a', 'b')).toThrow('expected a PNG file'))
