import type { Manifest } from '../../dataset/manifest.ts'
import type { DatasetRow } from '../../formats/parquet/parquet-rows.ts'
import type { RejectGroup } from '../../pages/dataset-preview/preview-statistics.ts'
import { spreadIndices } from '../../pages/dataset-preview/spread-sample.ts'
import { formatRejectCounts } from '../../dataset/annotations/rejects.ts'
import { formatCount } from '../../words.ts'
import { writeContactSheet, type ContactSheetReject } from '../../tools/images/contact-sheet.ts'

const SAMPLES_SHOWN = 12

interface DatasetSheet {
  readonly name: string
  readonly manifest: Manifest
  readonly rows: readonly DatasetRow[]
  readonly groups: readonly RejectGroup[]
  /** Path in the source → thumbnail, for rejected pictures. */
  readonly thumbnails: ReadonlyMap<string, Buffer>
}

/** Writes `preview.png`: some rows of the dataset, and below them rejected pictures of every reason. */
export async function writeDatasetSheet(file: string, sheet: DatasetSheet): Promise<void> {
  const { name, manifest, rows, groups } = sheet
  const { train, validation, rejected } = manifest
  const shown = spreadIndices(rows.length, SAMPLES_SHOWN).map((index) => rows[index]!)
  await writeContactSheet(file, {
    title: `${name}: ${formatCount(train)} training + ${formatCount(validation)} validation rows`,
    rows: shown.map(({ image, conditioning_image, text }) => ({
      image: Buffer.from(image.bytes),
      conditioning: Buffer.from(conditioning_image.bytes),
      caption: text,
    })),
    rejects: { title: `Left out: ${formatRejectCounts(rejected)}`, pictures: chooseRejects(groups, sheet) },
  })
}

/** Returns the first picture of each reason, then the second of each, and so on. */
function chooseRejects(
  groups: readonly RejectGroup[],
  { thumbnails }: Pick<DatasetSheet, 'thumbnails'>,
): ContactSheetReject[] {
  const most = Math.max(0, ...groups.map(({ samples }) => samples.length))
  const rounds = Array.from({ length: most }, (_, round) =>
    groups.flatMap(({ samples, code }) =>
      samples.slice(round, round + 1).map((sample) => ({ sample, code })),
    ),
  )
  return rounds.flat().map(({ sample, code }) => ({
    picture: thumbnails.get(sample.source) ?? null,
    reason: code.replaceAll('-', ' '),
    name: sample.source.slice(sample.source.lastIndexOf('/') + 1),
  }))
}
