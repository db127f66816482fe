/** What a rule over several keys finds. */
export interface RuleProblem {
  readonly path: readonly string[]
  readonly message: string
}
