/** Parses JSON. Accepts NaN and infinities, which Python's `json` writes, and returns null for them. Throws a SyntaxError. */
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
