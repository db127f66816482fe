import { availableParallelism } from 'node:os'
import { relative } from 'node:path'
import {
  ANNOTATE_ANNOTATORS,
  ANNOTATE_KINDS,
  ANNOTATE_QUALITIES,
  ANNOTATE_STYLES,
  LANDMARK_KINDS,
} from '../actions/annotate/annotate-choices.ts'
import type { AnnotateResult } from '../actions/annotate/annotate-picture.ts'
import { runAnnotate } from '../actions/annotate/run-annotate.ts'
import { EXIT_CODES, UserError } from '../errors.ts'
import { withStop } from '../actions/with-stop.ts'
import { formatAnnotateTable } from '../ui/annotate-table.ts'
import type { CommonFlags, Output } from './output.ts'

/** `annotate PATH…`: exit code 4 only when nothing could be made of any picture. */
export async function annotate(
  [paths]: readonly unknown[],
  flags: CommonFlags,
  output: Output,
): Promise<number> {
  const started = Date.now()
  const kind = oneOf('kind', flags, ANNOTATE_KINDS)
  if (!LANDMARK_KINDS.includes(kind)) refuseLandmarkFlags(kind, flags)
  refuseEmptyPaths(paths as string[], flags)
  const options = {
    kind,
    paths: paths as string[],
    out: (flags['out'] as string | undefined) ?? null,
    size: (flags['size'] as number | undefined) ?? null,
    annotator: oneOf('annotator', flags, ANNOTATE_ANNOTATORS),
    quality: oneOf('quality', flags, ANNOTATE_QUALITIES),
    style: oneOf('style', flags, ANNOTATE_STYLES),
    overlay: flags['overlay'] === true,
    workers: availableParallelism(),
  }
  const { pictures } = await withStop(
    () => output.say('Stopping.'),
    (signal) => runAnnotate({ ...options, signal }),
  )
  const seconds = (Date.now() - started) / 1000
  if (output.json)
    output.printJson({ v: 1, pictures: pictures.map(({ file: _file, ...document }) => document) })
  else output.print(formatAnnotateTable(pictures.map(shorten), { ...output, seconds }))
  return pictures.some(({ conditioning }) => conditioning !== null) ? EXIT_CODES.done : EXIT_CODES.dataset
}

/** People see paths from where they stand. */
function shorten(picture: AnnotateResult): AnnotateResult {
  const here = (path: string): string => relative(process.cwd(), path)
  const { file, conditioning, landmarks_file, overlay } = picture
  return {
    ...picture,
    file: here(file),
    conditioning: conditioning === null ? null : here(conditioning),
    landmarks_file: landmarks_file === null ? null : here(landmarks_file),
    ...(overlay !== undefined && { overlay: here(overlay) }),
  }
}

function refuseLandmarkFlags(kind: string, flags: CommonFlags): void {
  const given = ['style', 'annotator', 'quality', 'overlay'].find((name) => flags[name] !== undefined)
  if (given === undefined) return
  throw new UserError(`--${given} is about landmarks; --kind ${kind} has none.`, { reason: 'usage' })
}

/** A variable of the shell that is not set would mean all that is here. */
function refuseEmptyPaths(paths: readonly string[], { out }: CommonFlags): void {
  if (!paths.includes('') && out !== '') return
  const what = out === '' ? '--out' : 'annotate'
  throw new UserError(`${what} takes a path; got ''.`, {
    reason: 'usage',
    hint: 'The folder that you are in is called .',
  })
}

/** The first one allowed is the default. */
function oneOf<T extends string>(name: string, flags: CommonFlags, allowed: readonly T[]): T {
  const given = (flags[name] as string | undefined) ?? allowed[0]
  const found = allowed.find((value) => value === given)
  if (found !== undefined) return found
  throw new UserError(`--${name} takes ${allowed.join(', ')}; got '${given ?? ''}'.`, {
    reason: 'usage',
  })
}
