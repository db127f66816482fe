/** Bytes → the text that they are; null when they are no UTF-8. A byte order mark is left out. Pure. */
export function readUtf8(bytes: Uint8Array): string | null {
  try {
    return strict.decode(bytes)
  } catch {
    return null
  }
}

const strict = new TextDecoder('utf-8', { fatal: true })
