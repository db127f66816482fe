/** Splits the rows into train and validation. */
import { readFile } from 'node:fs/promises'
import type { Annotation } from '../../dataset/annotations/annotation.ts'
import { countHeldOut } from '../../dataset/annotations/held-out-count.ts'
import { findSplitWarnings } from '../../dataset/annotations/split-warnings.ts'
import { planValidation, type SplitRow } from '../../dataset/annotations/split.ts'
import type { Manifest } from '../../dataset/manifest.ts'
import { readNdjson } from '../../tools/files/ndjson-file.ts'
import type { StageContext } from '../../types.ts'

export interface Split {
  readonly rows: number
  /** Content hashes of the validation pictures. */
  readonly held: ReadonlySet<string>
  readonly members: readonly SplitRow[]
  readonly enlarged: number
}

/**
 * Chooses the validation rows from the annotations; rows that were held out before stay so. Calls `onAnnotation` for each
 * annotation.
 */
export async function readSplit(
  { config: { dataset }, paths, report }: StageContext,
  onAnnotation: (annotation: Annotation) => void,
): Promise<Split> {
  const [rows, leftOut]: [SplitRow[], SplitRow[]] = [[], []]
  let enlarged = 0
  for await (const annotation of readNdjson<Annotation>(paths.annotations)) {
    onAnnotation(annotation)
    const { id, sha256, crop, group, rejected } = annotation
    const row = { id, sha256: sha256!, ...(group !== undefined && { group }) }
    if (rejected === null) rows.push(row)
    else if (group !== undefined) leftOut.push({ ...row, isLeftOut: true })
    if (rejected === null && crop![2] < dataset.resolution) enlarged++
  }
  const wanted = dataset.validation.count
  const held = planValidation({
    rows: [...rows, ...leftOut],
    count: countHeldOut(wanted, rows.length),
    atLeastOne: wanted === 'auto',
    previous: await readMembers(paths.manifest),
  })
  const members = rows.filter(({ sha256 }) => held.has(sha256)).map(({ id, sha256 }) => ({ id, sha256 }))
  const found = { rows: rows.length, held: members.length, enlarged }
  for (const warning of findSplitWarnings(found, dataset)) report({ type: 'warning', ...warning })
  return { rows: rows.length, held, members, enlarged }
}

/** Returns the validation pictures of the dataset that is being replaced, which stay held out. */
async function readMembers(file: string): Promise<string[]> {
  try {
    const manifest = JSON.parse(await readFile(file, 'utf8')) as Manifest
    return manifest.validation_members.map(({ sha256 }) => sha256)
  } catch {
    return []
  }
}
