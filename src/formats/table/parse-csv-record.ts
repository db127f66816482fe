/** Splits one record of a CSV file (RFC 4180) into fields. Pure. */

/** A quote stands where none is allowed, so the ends of this and later records are unknown. */
export class QuoteError extends Error {
  /** Number of characters in the record before the error. */
  readonly at: number

  constructor(message: string, at: number) {
    super(message)
    this.at = at
  }
}

/** Returns the fields with their blanks. Throws QuoteError. */
export function parseCsvRecord(text: string): string[] {
  const fields: string[] = []
  for (let at = 0; ;) {
    const end = text[at] === '"' ? findClosingQuote(text, at) + 1 : findComma(text, at)
    fields.push(text[at] === '"' ? text.slice(at + 1, end - 1).replaceAll('""', '"') : text.slice(at, end))
    if (end === text.length) return fields
    if (text[end] !== ',') throw new QuoteError('expected a comma behind the closing quote', end)
    at = end + 1
  }
}

function findComma(text: string, from: number): number {
  const comma = text.indexOf(',', from)
  const end = comma < 0 ? text.length : comma
  const quote = text.indexOf('"', from)
  if (quote < 0 || quote >= end) return end
  throw new QuoteError('a quote inside a field: put the whole field in quotes and write "" for it', quote)
}

function findClosingQuote(text: string, open: number): number {
  for (let at = text.indexOf('"', open + 1); at >= 0; at = text.indexOf('"', at + 2)) {
    if (text[at + 1] !== '"') return at
  }
  throw new QuoteError('a quote is opened here and never closed', open)
}
