/** Which of the visible cards train. */
import type { Config, GpuFact } from '../types.ts'

/** A card with less free memory than this share of the emptiest is in use by somebody else. */
const FREE_SHARE = 0.8

/**
 * With `auto` every free card of the kind of the first free one: another kind would make the others wait. A number takes the first so
 * many, free ones before those that another training of ours uses, whose lock then tells who that is.
 */
export function chooseGpus(
  visible: readonly GpuFact[],
  { num_processes: processes }: Pick<Config['launch'], 'num_processes'>,
): readonly GpuFact[] {
  const free = visible.filter(({ inUse }) => inUse !== true)
  if (processes !== 'auto') return (free.length >= processes ? free : visible).slice(0, processes)
  const [first] = free
  if (first === undefined) return visible.slice(0, 1)
  // Parts of one card can't average their gradients.
  if (first.uuid.startsWith('MIG-')) return [first]
  const same = free.filter((gpu) => isSameKind(gpu, first))
  const most = Math.max(...same.map(({ freeBytes }) => freeBytes ?? 0))
  return same.filter(({ freeBytes }) => freeBytes === null || freeBytes >= FREE_SHARE * most)
}

function isSameKind(a: GpuFact, b: GpuFact): boolean {
  return a.name === b.name && a.computeCapability === b.computeCapability && a.totalBytes === b.totalBytes
}
