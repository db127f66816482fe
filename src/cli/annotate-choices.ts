/** What `annotate --help` lists: the kinds, styles and annotators that there are. */
import type { Command } from 'commander'
import {
  ANNOTATE_ANNOTATORS,
  ANNOTATE_KINDS,
  ANNOTATE_QUALITIES,
  ANNOTATE_STYLES,
  LANDMARK_KINDS,
} from '../actions/annotate/annotate-choices.ts'
import { formatOptions, formatOr } from '../choices.ts'

/** No default values but the kind's: `annotate` tells flags that were given from others. */
const CHOICES: Readonly<Record<string, string>> = {
  kind: ANNOTATE_KINDS.join(', '),
  style: formatOptions(ANNOTATE_STYLES),
  quality: formatOptions(ANNOTATE_QUALITIES),
  annotator: formatOptions(ANNOTATE_ANNOTATORS),
}

/** Completes the command `annotate` of the program. */
export function addAnnotateChoices(program: Command): void {
  const command = program.commands.find((one) => one.name() === 'annotate')
  if (command === undefined) throw new Error('there is no command annotate')
  for (const option of command.options) {
    const choices = CHOICES[option.attributeName()]
    if (choices !== undefined) option.description += `: ${choices}`
    if (option.attributeName() === 'kind') option.default(ANNOTATE_KINDS[0])
  }
  command.setOptionValueWithSource('kind', ANNOTATE_KINDS[0], 'default')
  command.addHelpText('after', AFTER_HELP)
}

const AFTER_HELP = `
Paths are pictures, or folders with pictures in them. For each photo.jpg it writes
  photo.conditioning.png   the condition, as large as the picture; with --size a square around the
                           largest face, or the middle of the picture where no faces are needed
  photo.landmarks.json     the faces found; only for ${formatOr(LANDMARK_KINDS)}

Exit code 4: nothing could be made of any picture (no faces, or none can be read).`
