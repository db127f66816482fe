/** Reads JSON, and what Python's `json` writes besides: NaN and infinities, which become null. Throws a SyntaxError. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const strict = text.replace(TEXT_OR_NO_NUMBER, (found) => (found.startsWith('"') ? found : 'null'))
    if (strict === text) throw error
    return JSON.parse(strict)
  }
}

const TEXT_OR_NO_NUMBER = /"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g
