/** Lists of names in messages, in the help and in the schema's descriptions. */

/** `a, b or c` */
export function formatOr(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`
}

/** `a (the default), b or c` */
export function formatOptions([first, ...others]: readonly string[]): string {
  return formatOr([`${first} (the default)`, ...others])
}

interface Choice {
  readonly name: string
  /** A phrase that says what the name means. */
  readonly words: string
}

/** `` `a`: words; `b`: words. `` */
export function describeChoices(choices: readonly Choice[]): string {
  return `${choices.map(({ name, words }) => `\`${name}\`: ${words}`).join('; ')}.`
}
