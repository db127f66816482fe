/** What `annotate --kind` takes; the first one is the default. Its own file: the command line's help needs only this. */
export { DRAWN_KINDS as ANNOTATE_KINDS } from '../../conditions/index.ts'
