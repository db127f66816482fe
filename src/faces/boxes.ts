/** Boxes in pictures, counted from the picture's edge. */

export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface ScoredBox extends Box {
  /** 0-1, higher is surer. */
  readonly score: number
}

/** Best first, each one that overlaps a better one by more than `limit` left out. */
export function suppressOverlaps<T extends ScoredBox>(boxes: readonly T[], limit: number): T[] {
  const kept: T[] = []
  for (const box of boxes.toSorted((a, b) => b.score - a.score)) {
    if (kept.every((better) => overlap(better, box) <= limit)) kept.push(box)
  }
  return kept
}

/** Intersection over union, 0-1. */
export function overlap(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y)
  if (width <= 0 || height <= 0) return 0
  const shared = width * height
  return shared / (a.width * a.height + b.width * b.height - shared)
}

/** The smallest box that holds all points. */
export function boundingBox(points: readonly (readonly [x: number, y: number])[]): Box {
  const xs = points.map(([x]) => x)
  const ys = points.map(([, y]) => y)
  const [x, y] = [Math.min(...xs), Math.min(...ys)]
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y }
}
