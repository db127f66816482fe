/** What the dataset stages hand to each other, under `<dataset>/.cnk`. */
import type { Paths } from '../types.ts'

type Work = Pick<Paths, 'work'>

/** One `Picture` a line. */
export const picturesFile = ({ work }: Work): string => `${work}/pictures.ndjson`
/** Journal of what the annotator found, also in pictures that are gone: they may come back. */
export const findingsFile = ({ work }: Work): string => `${work}/findings.ndjson`
/** Journal of captions that a program wrote, by content and program. */
export const captionsFile = ({ work }: Work): string => `${work}/captions.ndjson`
/** Pictures for such a program that are no files where they lie; gone when they are answered. */
export const captionsFolder = ({ work }: Work): string => `${work}/captions`
/** An `AnnotationSummary`. */
export const summaryFile = ({ work }: Work): string => `${work}/annotator.json`
/** The dataset that is being written. */
export const nextFolder = ({ work }: Work): string => `${work}/next`
/** The one that it replaces, on its way out. */
export const formerFolder = ({ work }: Work): string => `${work}/former`

export const stampFile = ({ work }: Work, stage: string): string => `${work}/${stage}.json`
