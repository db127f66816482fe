/** Estimates from landmarks which way a head is turned. */
import type { Point } from './face.ts'
import { MEAN_FACE } from './mean-face.ts'

/**
 * Angles in degrees, as seen in the picture. yaw: the nose points to the picture's right (+) or left (-). pitch: the nose
 * points up (+) or down (-). roll: the head leans clockwise (+) or counter-clockwise (-).
 */
export type FacePose = readonly [yaw: number, pitch: number, roll: number]

/**
 * Rotates, shifts and scales the mean face so that its points come as near as possible to those of the face, under scaled
 * orthographic projection. Returns null unless there are 68 points, and when all lie in one place.
 */
export function estimatePose(landmarks: readonly Point[]): FacePose | null {
  if (landmarks.length !== MEAN_FACE.length) return null
  const points = centre(RIGID.map((index) => landmarks[index]!))
  if (!points.some(([x, y]) => Math.hypot(x, y) > 1e-6)) return null
  const roll = startRoll(landmarks)
  const frontal = refine([0, 0, roll], points)
  const spread = points.reduce((sum, [x, y]) => sum + x * x + y * y, 0)
  const others = isSure(frontal, spread) ? [] : SIDE_YAWS.map((yaw) => refine([yaw, 0, roll], points))
  const best = others.reduce((least, fit) => (fit.error < least.error ? fit : least), frontal)
  return best.pose.map(wrap) as unknown as FacePose
}

/**
 * Returns true when the fit from the frontal start can be trusted. A head that is turned far may end in a local minimum, so it
 * is fitted again from the sides.
 */
function isSure({ pose: [yaw, pitch], error }: Fit, spread: number): boolean {
  return Math.abs(yaw) < SURE && Math.abs(pitch) < SURE && error < SURE_ERROR * spread
}

/**
 * Landmarks that stay in place on the head whatever the expression: ends of the brows, nose, corners of eyes and mouth. Jaw
 * points are left out: they lie on the visible outline, which is another line on the head for each pose.
 */
const RIGID = [17, 21, 22, 26, 27, 28, 29, 30, 31, 33, 35, 36, 39, 42, 45, 48, 54]
const MODEL = centre3(RIGID.map((index) => MEAN_FACE[index]!))

/** Degrees. */
const SURE = 30
/** Squared residuals as a share of the points' squared spread. */
const SURE_ERROR = 0.006
const SIDE_YAWS = [-45, 45]
const ROUNDS = 12
/** Step in degrees for numerical derivatives. */
const STEP = 0.05

interface Fit {
  readonly pose: FacePose
  readonly error: number
}

/** x and y of each point: projected position in the current pose minus observed position. */
type Residuals = Float64Array

const createResiduals = (): Residuals => new Float64Array(RIGID.length * 2)

/** Fits the three angles by Gauss-Newton; the best scale for given angles has a closed form. */
function refine(start: FacePose, points: readonly Point[]): Fit {
  let fit: Fit = { pose: start, error: Infinity }
  let pose = start
  const residuals = createResiduals()
  const slopes = [createResiduals(), createResiduals(), createResiduals()]
  for (let round = 0; round < ROUNDS; round++) {
    measureResiduals(pose, points, residuals)
    const error = dot(residuals, residuals)
    if (error < fit.error) fit = { pose, error }
    for (const [angle, slope] of slopes.entries()) {
      const moved = pose.map((value, index) => (index === angle ? value + STEP : value))
      measureResiduals(moved as unknown as FacePose, points, slope)
      for (let at = 0; at < slope.length; at++) slope[at] = (slope[at]! - residuals[at]!) / STEP
    }
    const change = solve(slopes, residuals)
    if (change === null) break
    pose = pose.map((value, angle) => value - clamp(change[angle]!, 20)) as unknown as FacePose
    if (change.every((value) => Math.abs(value) < STEP)) break
  }
  return fit
}

function measureResiduals(
  [yaw, pitch, roll]: FacePose,
  points: readonly Point[],
  residuals: Residuals,
): void {
  const [sinYaw, cosYaw] = sinAndCos(yaw)
  const [sinPitch, cosPitch] = sinAndCos(pitch)
  const [sinRoll, cosRoll] = sinAndCos(roll)
  // The first two rows of the matrix roll · pitch · yaw, as `turner` in faces/turn.ts computes it.
  const [a, b, c] = [sinPitch * sinYaw, cosPitch, -sinPitch * cosYaw]
  const [xx, xy, xz] = [cosRoll * cosYaw - sinRoll * a, -sinRoll * b, cosRoll * sinYaw - sinRoll * c]
  const [yx, yy, yz] = [sinRoll * cosYaw + cosRoll * a, cosRoll * b, sinRoll * sinYaw + cosRoll * c]
  let agreement = 0
  let size = 0
  for (let index = 0; index < points.length; index++) {
    const model = MODEL[index]!
    const x = model[0] * xx + model[1] * xy + model[2] * xz
    const y = model[0] * yx + model[1] * yy + model[2] * yz
    residuals[index * 2] = x
    residuals[index * 2 + 1] = y
    agreement += x * points[index]![0] + y * points[index]![1]
    size += x * x + y * y
  }
  const scale = agreement / size
  for (let index = 0; index < points.length; index++) {
    residuals[index * 2] = scale * residuals[index * 2]! - points[index]![0]
    residuals[index * 2 + 1] = scale * residuals[index * 2 + 1]! - points[index]![1]
  }
}

function sinAndCos(degrees: number): [sin: number, cos: number] {
  const angle = (degrees * Math.PI) / 180
  return [Math.sin(angle), Math.cos(angle)]
}

/** Solves a least-squares problem with three unknowns by Cramer's rule; returns null when the matrix is singular. */
function solve(slopes: readonly Residuals[], residuals: Residuals): number[] | null {
  const matrix = slopes.map((a, row) => slopes.map((b, column) => dot(a, b) * (row === column ? 1.001 : 1)))
  const right = slopes.map((a) => dot(a, residuals))
  const whole = determinant(matrix)
  if (Math.abs(whole) < 1e-12) return null
  return right.map(
    (_, at) =>
      determinant(matrix.map((row, y) => row.map((value, x) => (x === at ? right[y]! : value)))) / whole,
  )
}

function dot(a: Residuals, b: Residuals): number {
  let sum = 0
  for (let at = 0; at < a.length; at++) sum += a[at]! * b[at]!
  return sum
}

function determinant(m: readonly (readonly number[])[]): number {
  const [a, b, c] = m as [number[], number[], number[]]
  return (
    a[0]! * (b[1]! * c[2]! - b[2]! * c[1]!) -
    a[1]! * (b[0]! * c[2]! - b[2]! * c[0]!) +
    a[2]! * (b[0]! * c[1]! - b[1]! * c[0]!)
  )
}

/** Returns the angle in degrees of the line through the outer eye corners. */
function startRoll(landmarks: readonly Point[]): number {
  const [left, right] = [landmarks[36]!, landmarks[45]!]
  return (Math.atan2(right[1] - left[1], right[0] - left[0]) * 180) / Math.PI
}

function centre(points: readonly Point[]): Point[] {
  const [x, y] = [0, 1].map((axis) => points.reduce((sum, p) => sum + p[axis]!, 0) / points.length)
  return points.map((p): Point => [p[0] - x!, p[1] - y!])
}

function centre3<T extends readonly [number, number, number]>(
  points: readonly T[],
): [number, number, number][] {
  const [x, y, z] = [0, 1, 2].map((axis) => points.reduce((sum, p) => sum + p[axis]!, 0) / points.length)
  return points.map((p) => [p[0] - x!, p[1] - y!, p[2] - z!])
}

function clamp(value: number, limit: number): number {
  return Math.min(Math.max(value, -limit), limit)
}

/** Wraps an angle to -180 … 180 degrees. */
function wrap(degrees: number): number {
  return degrees - 360 * Math.round(degrees / 360)
}
