/** Finds the landmarks of every picture, and decides which pictures become rows of the dataset and which are rejected. */
import { relative } from 'node:path'
import {
  findTooManyRejects,
  formatSummary,
  type AnnotationSummary,
} from '../../dataset/annotations/annotation-summary.ts'
import { needsFaces } from '../../conditions/needs-faces.ts'
import { formatCount } from '../../words.ts'
import { planRowRules, type Finding } from '../../dataset/annotations/rows.ts'
import { formatDarkDrawings } from '../../dataset/dark-drawing.ts'
import { findingsFile, picturesFile, stampFile, summaryFile } from '../../dataset/work-files.ts'
import { UserError } from '../../errors.ts'
import { writeFileAtomic } from '../../tools/files/atomic-write.ts'
import { openJournal } from '../../tools/files/journal.ts'
import { describeCaptioner, planCaptioner } from '../../trainer/captions/captioner.ts'
import { fetchesForLengths, planCaptionLengths } from '../../trainer/captions/caption-lengths.ts'
import { annotatorOf, WITHOUT_FACES_VERSION } from '../../annotators/index.ts'
import type { Config, PlanContext, Stage, StageContext } from '../../types.ts'
import { annotatePictures, readPictures, type AnnotateWork } from './annotate-pictures.ts'
import { captionPictures } from './caption-pictures.ts'
import { openConfiguredAnnotator } from './open-configured-annotator.ts'
import { openStageTokenCounter } from '../open-token-counter.ts'
import { openConfigSource } from '../open-configured-source.ts'
import { findDuplicates, findKept, writeAnnotations } from './write-annotations.ts'

export const annotateImages: Stage = {
  spec: {
    name: 'annotate-images',
    title: 'annotate',
    version: 5,
    failure: 'dataset',
    needed: () => true,
    after: ['collect-images'],
    before: (c) => [
      ...('model' in c.config.dataset.captions || fetchesForLengths(c)
        ? (['create-environment'] as const)
        : []),
      ...(fetchesForLengths(c) ? (['fetch-base-model'] as const) : []),
    ],
    settings: (c) => ({ ...describeSettings(c.config), captioner: planCaptioner(c)?.identity ?? null }),
    inputs: (c) => describeInputs(c),
    outputs: ({ paths }) => [paths.annotations, summaryFile(paths)],
    stamp: ({ paths }) => stampFile(paths, 'annotate-images'),
    commands: (c) => planCaptioner(c)?.commands ?? [],
    summary: ({ config, facts }) =>
      [
        `${formatCount(facts.source.pictures)} pictures${describeAnnotator(config)}`,
        describeCaptioner(config, facts.captioner) ?? [],
      ]
        .flat()
        .join(', captions by '),
  },

  async run(context) {
    const source = await openConfigSource(context)
    const journal = await openJournal<Finding>(findingsFile(context.paths))
    try {
      const annotator = await openConfiguredAnnotator(context, source)
      try {
        return {
          line: formatSummary(await annotate({ annotator, journal, context, source })),
        }
      } finally {
        await annotator.close()
      }
    } finally {
      await journal.close()
      await source.close()
    }
  },
}

function describeSettings(config: Config) {
  const { condition, dataset } = config
  const { crop, faces, resolution, captions, filters, max_rejects } = dataset
  const { kind, annotator, quality } = condition
  const landmarks = condition.landmarks ?? null
  return {
    kind,
    annotator,
    annotatorVersion: needsFaces(config) ? annotatorOf(annotator).version : WITHOUT_FACES_VERSION,
    landmarks,
    quality,
    crop,
    faces,
    resolution,
    captions,
    filters,
    max_rejects,
  }
}

function describeInputs(c: PlanContext) {
  const { needs } = annotatorOf(c.config.condition.annotator)
  const network = needs === null ? null : c.facts.annotator?.key
  const lengths = planCaptionLengths(c)
  // The key is still called `spiga`, because fingerprints of existing datasets contain it.
  return lengths === null ? network : { spiga: network, lengths }
}

function describeAnnotator(config: Config): string {
  return needsFaces(config) ? ` by ${annotatorOf(config.condition.annotator).by}` : ''
}

async function annotate(work: Omit<AnnotateWork, 'rules' | 'found'>): Promise<AnnotationSummary> {
  const { config, facts, paths } = work.context
  const tokenCounter = await openStageTokenCounter(work.context)
  const all = { ...work, rules: planRowRules(config, tokenCounter), found: [] }
  const pictures = await readPictures(picturesFile(paths), work.context)
  const found = await annotatePictures(pictures, all)
  // Its nets use much memory, and the rest of the stage does not need them.
  await work.annotator.close()
  const captions = await captionPictures({ ...work, kept: (written) => findKept(pictures, written, all) })
  const duplicates = captions.areWritten ? await findDuplicates(pictures, captions, all) : found
  const summary = await writeAnnotations(pictures, { captions, duplicates, tokenCounter }, all).finally(() =>
    captions.close(),
  )
  await writeFileAtomic(summaryFile(paths), JSON.stringify(summary))
  reportSummary(summary, work.context)
  const problem = findTooManyRejects(summary, {
    maxRejects: config.dataset.max_rejects,
    list: relative(facts.workingDirectory, paths.annotations),
  })
  if (problem === null) return summary
  throw new UserError(problem.message, { code: 'too-many-rejects', reason: 'dataset', hint: problem.hint })
}

const ESTIMATE_DECIDED =
  "Caption lengths were estimated, because the base model's tokenizer is not here yet. Training fetches it first; then tokens are " +
  'counted, and the dataset is written again.'

function reportSummary(summary: AnnotationSummary, { config, report }: StageContext): void {
  const { accuracy, captions, kept, dark_conditioning: dark } = summary
  if (accuracy) {
    report({
      type: 'metric',
      name: 'landmark-found-percent',
      value: (100 * accuracy.found) / accuracy.of,
    })
    report({ type: 'metric', name: 'landmark-error-percent', value: accuracy.errorPercent })
  }
  if (dark !== undefined)
    report({ type: 'warning', code: 'dark-conditioning', message: formatDarkDrawings(dark, kept) })
  const { over_limit: count, longest, limit, counted } = captions
  if (counted === 'estimated' && config.dataset.filters.long_captions === 'reject')
    report({ type: 'warning', code: 'captions-estimated', message: ESTIMATE_DECIDED })
  if (count === 0) return
  const about = counted === 'estimated' ? 'about ' : ''
  const message =
    `${formatCount(count)} ${count === 1 ? 'caption is' : 'captions are'} longer than the ${limit} tokens that the text ` +
    `encoder takes (the longest has ${about}${longest}): training cuts off the rest.`
  report({ type: 'warning', code: 'long-captions', message })
}
