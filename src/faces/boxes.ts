/** Boxes in pictures. Coordinates count from the picture's edge: the centre of the first pixel is 0.5. */

export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface ScoredBox extends Box {
  /** From 0 to 1; higher is more certain. */
  readonly score: number
}

/** Non-maximum suppression: returns the boxes best first, without those whose overlap with a better one exceeds `limit`. */
export function suppressOverlaps<T extends ScoredBox>(boxes: readonly T[], limit: number): T[] {
  const kept: T[] = []
  for (const box of boxes.toSorted((a, b) => b.score - a.score)) {
    if (kept.every((better) => overlap(better, box) <= limit)) kept.push(box)
  }
  return kept
}

/** Returns intersection over union, 0 to 1. */
export function overlap(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y)
  if (width <= 0 || height <= 0) return 0
  const shared = width * height
  return shared / (a.width * a.height + b.width * b.height - shared)
}

/** Returns the smallest box that contains all points. */
export function boundingBox(points: readonly (readonly [x: number, y: number])[]): Box {
  const xs = points.map(([x]) => x)
  const ys = points.map(([, y]) => y)
  const [x, y] = [Math.min(...xs), Math.min(...ys)]
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y }
}
