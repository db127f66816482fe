/** A problem that a rule over several keys found. */
export interface RuleProblem {
  readonly path: readonly string[]
  readonly message: string
}
