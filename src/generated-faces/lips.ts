/** Paints lips, and teeth and tongue between them. */
import { bell, clamp01, lerp, noise, smoothstep } from './curve.ts'
import type { Features } from './features.ts'
import { CLASSES, finish, paint, type Surface } from './surface.ts'
import type { Traits } from './traits.ts'

export function createLipPainter(
  { lips, salt }: Traits,
  { mouth }: Features,
): (surface: Surface, x: number, y: number) => void {
  const shareInner = mouth.halfWidth / mouth.innerHalfWidth

  return (surface, x, y) => {
    const t = x / mouth.halfWidth
    if (Math.abs(t) > 1.2) return
    const [top, upper] = [mouth.topOuter(t), mouth.topInner(t * shareInner)]
    const [lower, bottom] = [mouth.bottomInner(t * shareInner), mouth.bottomOuter(t)]
    if (Math.abs(t) < 1 && y > top && y < bottom) {
      if (y <= upper) paintLip(surface, x, (y - top) / (upper - top), y - top, CLASSES.topLip, 0.86)
      else if (y < lower) paintInside(surface, x, y - upper, lower - y)
      else paintLip(surface, x, (y - lower) / (bottom - lower), bottom - y, CLASSES.bottomLip, 1)
    }
    const line = smoothstep(1.18, 0.95, Math.abs(t))
    const gap = mouth.drop > 0 ? 0.5 : 0.78
    const dark = line * gap * Math.max(bell(y - upper, 0.8 + 0.5 * Math.abs(t)), bell(y - lower, 0.7))
    const under = 0.14 * bell(y - bottom - 2, 2.6) * smoothstep(0.9, 0.4, Math.abs(t))
    const light = 1 - clamp01(dark + under)
    paint(
      surface,
      surface.red * light,
      surface.green * light * (1 - 0.1 * dark),
      surface.blue * light * (1 - 0.1 * dark),
    )
  }

  /** `across` goes from the upper to the lower edge of the lip; `fromSkin` is the distance to its outer edge. */
  function paintLip(
    surface: Surface,
    x: number,
    across: number,
    fromSkin: number,
    label: number,
    tone: number,
  ): void {
    const cover = smoothstep(-0.2, 1.3, fromSkin) * 0.92
    const lines = 1 + 0.1 * noise(x * 1.1, across, salt + 60) - 0.06 * bell(across - 0.5, 0.3) + 0.06
    const light = tone * lines
    paint(
      surface,
      lerp(surface.red, lips[0] * light, cover),
      lerp(surface.green, lips[1] * light, cover),
      lerp(surface.blue, lips[2] * light, cover),
    )
    finish(surface, 0.17, 22, 0.8, label)
  }

  function paintInside(surface: Surface, x: number, fromTop: number, fromBottom: number): void {
    const gap = fromTop + fromBottom
    const deep = 1 - 0.75 * smoothstep(0.75, 1, Math.abs(x) / mouth.innerHalfWidth)
    paint(surface, 0.09 * deep, 0.022 * deep, 0.02 * deep)
    const tongue = smoothstep(0.45, 0.1, fromBottom / gap) * smoothstep(7, 10, gap) * bell(x, 15)
    paint(
      surface,
      lerp(surface.red, 0.36, tongue),
      lerp(surface.green, 0.12, tongue),
      lerp(surface.blue, 0.11, tongue),
    )
    const edge =
      Math.min(7.5, 0.62 * mouth.drop) - 0.004 * x * x + 0.35 * Math.abs(Math.sin((Math.PI * x) / 8.2))
    const teeth = smoothstep(edge + 0.5, edge - 0.4, fromTop) * smoothstep(2, 4, mouth.drop)
    const between = 1 - 0.3 * bell(((((x + 82) % 8.2) + 8.2) % 8.2) - 4.1, 0.45)
    const white = 0.7 * deep * between * smoothstep(-1, 3.5, fromTop)
    paint(
      surface,
      lerp(surface.red, white, teeth),
      lerp(surface.green, white * 0.95, teeth),
      lerp(surface.blue, white * 0.86, teeth),
    )
    finish(surface, 0.06, 30, 0.2, CLASSES.mouthInterior)
  }
}
