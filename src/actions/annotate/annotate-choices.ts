/** What the flags of `annotate` take; the first one is the default. Its own file: the command line's help needs only this. */
export {
  DETECTOR_NAMES as ANNOTATE_ANNOTATORS,
  QUALITIES as ANNOTATE_QUALITIES,
} from '../../annotators/index.ts'
export { STYLE_NAMES as ANNOTATE_STYLES } from '../../conditions/face-styles/index.ts'
export { DRAWN_KINDS as ANNOTATE_KINDS, LANDMARK_KINDS } from '../../conditions/index.ts'
