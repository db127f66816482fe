import { expect, test } from 'vitest'
import { parsePictureFormat } from '../../../../src/formats/pictures/picture-format.ts'

test.each([
  ['\xff\xd8\xff\xe0\0\x10JFIF', 'jpeg', 'a JPEG picture'],
  ['\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'png', 'a PNG picture'],
  ['RIFF\x24\0\0\0WEBPVP8 ', 'webp', 'a WebP picture'],
  ['RIFF\x24\0\0\0WAVEfmt ', undefined, undefined],
  ['II*\0\x08\0\0\0', 'tiff', 'a TIFF picture'],
  ['MM\0*\0\0\0\x08', 'tiff', 'a TIFF picture'],
  ['\0\0\0\x20ftypavif\0\0\0\0avifmif1miafMA1B', 'avif', 'an AVIF picture'],
  ['\0\0\0\x20ftypmif1\0\0\0\0mif1avifmiaf    ', 'avif', 'an AVIF picture'],
  ['\0\0\0\x18ftypheic\0\0\0\0mif1heic', null, 'a HEIC picture'],
  ['\0\0\0\x18ftypmif1\0\0\0\0mif1heic', null, 'a HEIC picture'],
  ['\0\0\0\x18ftypmp42\0\0\0\0isommp42', null, 'a video'],
  ['GIF89a', null, 'a GIF picture'],
  ['%PDF-1.7', null, 'a PDF document'],
  ['<svg xmlns="http://www.w3.org/2000/svg"/>', null, 'an SVG drawing'],
  ['\n  <?xml version="1.0"?><svg/>', null, 'an SVG drawing'],
  ['<!DOCTYPE html><html>', null, 'a web page'],
  ['hello', undefined, undefined],
  ['', undefined, undefined],
])('%j', (head, format, name) => {
  const found = parsePictureFormat(Buffer.from(head, 'latin1'))
  expect(found?.format).toBe(format)
  expect(found?.name).toBe(name)
})
