/** Reads what `nvidia-smi` prints. */
import type { GpuFact, GpuUsage } from '../types.ts'

/** Fields of `--query-gpu`, in the order in which `parseGpus` reads them. */
export const GPU_FIELDS = 'index,uuid,name,compute_cap,driver_version,memory.total,memory.free'

/** The same without `compute_cap`, which nvidia-smi of driver 470 and older refuses with exit code 2. */
export const OLD_GPU_FIELDS = 'index,uuid,name,driver_version,memory.total,memory.free'

/** True when nvidia-smi does not know one of the fields. */
export function isUnknownField(output: string): boolean {
  return /is not a valid field to query/.test(output)
}

/** True when the driver works and there is no card. */
export function isNoDevice(output: string): boolean {
  return /^No devices were found/m.test(output)
}

const MIB = 1024 * 1024

/**
 * The cards that `--query-gpu=… --format=csv,noheader,nounits` lists, one a line; other lines are left out. Numbers that
 * are not told (`[N/A]`, `[Not Supported]`, `[Unknown Error]`) are null.
 */
export function parseGpus(text: string, fields: string = GPU_FIELDS): GpuFact[] {
  const names = fields.split(',')
  return text.split(/\r?\n/).flatMap((line) => parseGpu(splitRow(line, names)))
}

/** The name is not quoted and may hold commas: it is what lies between the first two fields and those behind it. */
function splitRow(line: string, names: readonly string[]): Readonly<Record<string, string>> | null {
  const values = line.split(',').map((value) => value.trim())
  const behind = names.length - 3
  if (values.length < names.length || !/^\d+$/.test(values[0]!)) return null
  const row = [...values.slice(0, 2), values.slice(2, -behind).join(', '), ...values.slice(-behind)]
  return Object.fromEntries(names.map((name, index) => [name, row[index]!]))
}

function parseGpu(row: Readonly<Record<string, string>> | null): GpuFact[] {
  if (row === null) return []
  return [
    {
      index: Number(row['index']),
      uuid: row['uuid'] ?? '',
      name: row['name'] ?? '',
      computeCapability: parseNumber(row['compute_cap']),
      driver: row['driver_version'] ?? '',
      totalBytes: parseMegabytes(row['memory.total']),
      freeBytes: parseMegabytes(row['memory.free']),
    },
  ]
}

/** Fields of `--query-gpu` for `parseGpuUsage`. Every driver knows them. */
export const GPU_USAGE_FIELDS = 'index,utilization.gpu,memory.used,temperature.gpu'

/** What the cards are doing, one a line, with or without units; other lines are left out. */
export function parseGpuUsage(text: string): GpuUsage[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const [index = '', busy, used, heat, ...others] = line.split(',').map((value) => value.trim())
    if (!/^\d+$/.test(index) || heat === undefined || others.length > 0) return []
    const usedBytes = parseMegabytes(used?.replace(/ MiB$/, ''))
    return [
      {
        ...{ index: Number(index), busyPercent: parseNumber(busy?.replace(/ %$/, '')) },
        ...{ usedBytes, celsius: parseNumber(heat) },
      },
    ]
  })
}

function parseNumber(text: string | undefined): number | null {
  return text !== undefined && /^\d+(\.\d+)?$/.test(text) ? Number(text) : null
}

function parseMegabytes(text: string | undefined): number | null {
  const megabytes = parseNumber(text)
  return megabytes === null ? null : megabytes * MIB
}

/**
 * The parts (MIG) that `nvidia-smi -L` lists below their cards: `  MIG 3g.20gb     Device  0: (UUID: MIG-…)`. How much
 * memory of a part is free, nvidia-smi tells to people only.
 */
export function parseMigParts(text: string, gpus: readonly GpuFact[]): GpuFact[] {
  let card: GpuFact | undefined
  return text.split(/\r?\n/).flatMap((line) => {
    const index = /^GPU (\d+): /.exec(line)?.[1]
    if (index !== undefined) card = gpus.find((gpu) => gpu.index === Number(index))
    const [, profile, uuid] = /^\s+(MIG \S+)\s+Device\s+\d+: \(UUID: (MIG-[^)]+)\)/.exec(line) ?? []
    if (card === undefined || profile === undefined || uuid === undefined) return []
    return [{ ...card, uuid, name: `${card.name} ${profile}`, totalBytes: null, freeBytes: null }]
  })
}
