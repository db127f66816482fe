/**
 * The list of styles in which faces are drawn. To add one, add a file beside this one and a line in FACE_STYLES (see
 * CONTRIBUTING.md).
 */
import type { FaceStyle } from './draw-face.ts'
import { points } from './points.ts'
import { spigaSeg } from './spiga-seg.ts'
import { wireframe } from './wireframe.ts'

/** The first one is the default. */
export const FACE_STYLES = [spigaSeg, points, wireframe] as const satisfies readonly FaceStyle[]

export type StyleName = (typeof FACE_STYLES)[number]['name']

export const STYLE_NAMES: readonly StyleName[] = FACE_STYLES.map(({ name }) => name)

export const DEFAULT_STYLE: StyleName = FACE_STYLES[0].name

export function styleOf(name: StyleName): FaceStyle {
  return FACE_STYLES.find((style) => style.name === name)!
}
