/** Files under `<dataset>/.cnk` through which the dataset stages pass data to each other. */
import type { Paths } from '../types.ts'

type Work = Pick<Paths, 'work'>

/** One `SourcePicture` on each line. */
export const picturesFile = ({ work }: Work): string => `${work}/pictures.ndjson`
/** Journal of the annotator's findings. It keeps those of removed pictures, which may come back. */
export const findingsFile = ({ work }: Work): string => `${work}/findings.ndjson`
/** Journal of captions from a caption program, keyed by picture content and program. */
export const captionsFile = ({ work }: Work): string => `${work}/captions.ndjson`
/**
 * Copies of pictures for a caption program when they are not files of their own (in a zip, for example); removed after
 * captioning.
 */
export const captionsFolder = ({ work }: Work): string => `${work}/captions`
/** JSON of an `AnnotationSummary`. */
export const summaryFile = ({ work }: Work): string => `${work}/annotator.json`
/** The new dataset while it is being written. */
export const nextFolder = ({ work }: Work): string => `${work}/next`
/** The previous dataset while it is being replaced. */
export const formerFolder = ({ work }: Work): string => `${work}/former`

export const stampFile = ({ work }: Work, stage: string): string => `${work}/${stage}.json`
