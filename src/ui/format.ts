/** Times, rates and shares as people read them. */
import { formatBytes, formatCount } from '../words.ts'

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** 0.13 → `0.1 s`, 29 → `29 s`, 252 → `4 min 12 s`, 1980 → `33 min`, 6000 → `1 h 40 min`, 200_000 → `2 d 8 h`. */
export function formatDuration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1).replace(/\.0$/, '')} s`
  const whole = Math.round(seconds)
  if (whole < 100) return `${whole} s`
  if (whole < 10 * MINUTE) return `${Math.floor(whole / MINUTE)} min ${whole % MINUTE} s`
  const minutes = Math.round(seconds / MINUTE)
  if (minutes < 100) return `${minutes} min`
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`
  const hours = Math.round(seconds / HOUR)
  return `${Math.floor(hours / 24)} d ${hours % 24} h`
}

/** `9.1 s/step` when it takes long, `41 pictures/s` when it is quick. */
export function formatRate(secondsPerUnit: number, unit: string): string {
  const one = unit.replace(/s$/, '')
  if (secondsPerUnit >= 1) return `${threeDigits(secondsPerUnit)} s/${one}`
  return unit === 'bytes'
    ? `${formatBytes(1 / secondsPerUnit)}/s`
    : `${threeDigits(1 / secondsPerUnit)} ${unit}/s`
}

/** Of numbers above 0.1: `4.25` would jitter, so `4.3`, `41`, `1,204`. */
function threeDigits(value: number): string {
  return value < 9.95 ? value.toFixed(1) : formatCount(value)
}

/** `11:02`, local; with the day where it is another one: `Tue 11:02`. */
export function formatClock(timeMs: number, nowMs: number): string {
  const time = new Date(timeMs)
  const clock = `${twoDigits(time.getHours())}:${twoDigits(time.getMinutes())}`
  if (time.toDateString() === new Date(nowMs).toDateString()) return clock
  if (timeMs - nowMs < 6 * DAY * 1000)
    return `${time.toLocaleDateString('en-US', { weekday: 'short' })} ${clock}`
  return `${time.toLocaleDateString('en-US', { day: 'numeric', month: 'short' })} ${clock}`
}

/** `10:15:04`, local. */
export function formatTime(timeMs: number): string {
  const time = new Date(timeMs)
  return [time.getHours(), time.getMinutes(), time.getSeconds()].map(twoDigits).join(':')
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}

/** 0.0936 → `0.094`, 0.00012 → `1.2e-4`. */
export function formatLoss(loss: number): string {
  if (!Number.isFinite(loss)) return 'NaN'
  return loss !== 0 && Math.abs(loss) < 0.001 ? loss.toExponential(1) : loss.toFixed(3)
}

/** Whole per cent, and never 100 before the end. */
export function formatPercent(done: number, total: number): string {
  if (total <= 0) return '100 %'
  const percent = Math.floor((done / total) * 100 + 1e-9)
  return `${Math.max(0, Math.min(100, percent))} %`
}
