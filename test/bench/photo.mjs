import sharp from 'sharp'

/**
 * A 512x512 PNG as heavy as a photograph's (about 340 KB): soft shapes under sensor noise, all filters tried. The same
 * pixels every time; other shapes for another `kind`.
 */
export async function photoPng(size = 512, kind = 0) {
  const [wide, high] = [60 + ((kind * 7) % 41), 45 + ((kind * 11) % 37)]
  const rgb = Buffer.alloc(size * size * 3)
  let noise = 1
  for (let i = 0; i < rgb.length; i++) {
    noise = (noise * 1103515245 + 12345) % 2147483648
    const [x, y] = [Math.floor(i / 3) % size, Math.floor(i / 3 / size)]
    rgb[i] =
      128 +
      90 * Math.sin(x / wide + (i % 3) * (1 + (kind % 5))) * Math.cos(y / high + kind) +
      (noise / 2147483648) * 5 -
      2.5
  }
  return sharp(rgb, { raw: { width: size, height: size, channels: 3 } })
    .png({ adaptiveFiltering: true })
    .toBuffer()
}
