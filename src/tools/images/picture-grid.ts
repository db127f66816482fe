/** Pictures side by side, in rows: what was asked for first, then what was drawn. */
import { loadSharp } from './load-sharp.ts'

// Pixels.
const LARGEST_TILE = 384
const GAP = 8
const BACKGROUND = '#fafafa'

/** Each row holds files of square pictures, `side` pixels wide; rows may be of different lengths. */
export async function drawPictureGrid(
  rows: readonly (readonly string[])[],
  { side }: { readonly side: number },
): Promise<Buffer> {
  const tile = Math.min(side, LARGEST_TILE)
  const place = (index: number): number => GAP + index * (tile + GAP)
  const tiles = await Promise.all(
    rows.flatMap((files, row) =>
      files.map(async (file, column) => ({
        input: await loadSharp()(file)
          .resize(tile, tile, { fit: 'contain', background: BACKGROUND })
          .png()
          .toBuffer(),
        left: place(column),
        top: place(row),
      })),
    ),
  )
  const columns = Math.max(...rows.map((files) => files.length))
  return loadSharp()({
    create: { width: place(columns), height: place(rows.length), channels: 3, background: BACKGROUND },
  })
    .composite(tiles)
    .removeAlpha()
    .png({ compressionLevel: 6 })
    .toBuffer()
}
