/** Counts and sizes as people read them. Every folder may import this file. */

const COUNT = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** 1204 → `1,204` */
export function formatCount(value: number): string {
  return COUNT.format(value)
}

/** `1 picture`, `1,204 pictures`; pass the plural where an s is not enough. */
export function formatAmount(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}

const BYTE_UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB']

/** Decimal units: 388_000_000 → `388 MB`, 4_400_000_000 → `4.4 GB`. */
export function formatBytes(sizeBytes: number): string {
  let value = sizeBytes
  let unit = 0
  while (value >= 999.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1000
    unit += 1
  }
  const digits = unit > 0 && value < 9.95 ? 1 : 0
  return `${value.toFixed(digits)} ${BYTE_UNITS[unit]}`
}

/** 388_000_000 → `388 MB`, 4_400_000 → `4.4 MB`: sizes that stay comparable, as those of datasets. */
export function formatMegabytes(sizeBytes: number): string {
  const megabytes = sizeBytes / 1e6
  return `${megabytes < 10 ? megabytes.toFixed(1) : formatCount(Math.round(megabytes))} MB`
}

/** 14_462_000_000 → `14.5 GB`. Round needs up and what is there down, so that too little does not read like enough. */
export function formatGigabytes(sizeBytes: number, round: (tenths: number) => number = Math.round): string {
  return `${(round(sizeBytes / 1e8) / 10).toFixed(1)} GB`
}
