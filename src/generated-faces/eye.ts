/** Paints an eye on the face: white, iris, pupil, highlight, lids and lashes. */
import { bell, clamp01, lerp, noise, smoothstep } from './curve.ts'
import type { Eye, Features } from './features.ts'
import { CLASSES, finish, paint, type Surface } from './surface.ts'
import type { Traits } from './traits.ts'

export function createEyePainter(
  traits: Traits,
  { eyes }: Features,
): (surface: Surface, x: number, y: number) => void {
  const glintX = 2.6 * Math.sign(traits.light.azimuth || 1)
  const lash = Math.max(0.012, 0.35 * Math.min(...traits.hair.brow))

  return (surface, x, y) => {
    const eye = eyes[x < 0 ? 0 : 1]
    const s = eye.s(x)
    if (Math.abs(s) > 1.35) return
    const [upper, lower] = [eye.upper(s), eye.lower(s)]
    if (Math.abs(s) < 1 && y > upper && y < lower) paintBall(surface, eye, x, y, y - upper, s)
    paintLids(surface, s, y - upper, y - lower)
  }

  function paintBall(surface: Surface, eye: Eye, x: number, y: number, fromLid: number, s: number): void {
    const shade = (0.62 + 0.38 * smoothstep(0, 4.5, fromLid)) * (1 - 0.3 * s * s)
    paint(surface, 0.72 * shade, 0.67 * shade, 0.64 * shade)
    if (s < -0.8) paint(surface, 0.6 * shade, 0.36 * shade, 0.33 * shade)
    finish(surface, 0.03, 60, 0.3, eye.side < 0 ? CLASSES.rightEye : CLASSES.leftEye)
    const [dx, dy] = [x - eye.irisX, y - eye.irisY]
    const radius = Math.hypot(dx, dy)
    const iris = smoothstep(eye.irisRadius + 0.35, eye.irisRadius - 0.35, radius)
    if (iris > 0) {
      const rays = 1 + 0.35 * noise(9 * Math.atan2(dy, dx), radius / 2.5, traits.salt)
      const ring = 1 - 0.65 * smoothstep(4.3, 6.1, radius) + 0.25 * bell(radius - 3, 1)
      const lit = rays * ring * shade * (1 + 0.5 * clamp01(dy / 6))
      const pupil = smoothstep(2.5, 2.1, radius)
      const [r, g, b] = traits.iris.map((c) => lerp(c * lit, 0.004, pupil)) as [number, number, number]
      paint(surface, lerp(surface.red, r, iris), lerp(surface.green, g, iris), lerp(surface.blue, b, iris))
    }
    const glint =
      smoothstep(1.5, 0.8, Math.hypot(dx - glintX, dy + 2.3)) +
      0.3 * smoothstep(1, 0.5, Math.hypot(dx + 2, dy - 2.4))
    if (glint > 0)
      paint(surface, surface.red + 0.9 * glint, surface.green + 0.9 * glint, surface.blue + 0.92 * glint)
  }

  /** `fromUpper` and `fromLower` are the distances of the position below the edges of the two lids. */
  function paintLids(surface: Surface, s: number, fromUpper: number, fromLower: number): void {
    const inside = smoothstep(1.12, 0.92, Math.abs(s))
    const thick = 0.75 + 0.55 * clamp01((s + 1) / 2)
    const lashes = inside * bell(fromUpper + 0.15, thick) * 0.95
    const wing = bell(fromUpper + 1, 1) * smoothstep(0.8, 1, s) * smoothstep(1.2, 1, s) * 0.6
    const low = inside * 0.38 * bell(fromLower - 0.3, 0.65)
    const crease = 0.34 * smoothstep(1.3, 0.7, Math.abs(s)) * bell(fromUpper + 3.6, 0.9)
    const socket =
      0.12 *
      smoothstep(-14, -4, fromUpper) *
      smoothstep(1, -1.5, fromUpper) *
      smoothstep(1.35, 0.6, Math.abs(s))
    const dark = clamp01(Math.max(lashes, wing, low) + (crease + socket) * smoothstep(0, -2, fromUpper))
    const skin = lerp(1, 0, dark)
    paint(
      surface,
      surface.red * skin + lash * dark,
      surface.green * skin + lash * 0.8 * dark,
      surface.blue * skin + lash * 0.7 * dark,
    )
    if (fromUpper < 0 || fromLower > 0) surface.gloss *= 1 - 0.5 * dark
  }
}
