/** Decodes UTF-8 and removes a byte order mark; returns null when the bytes are not valid UTF-8. Pure. */
export function readUtf8(bytes: Uint8Array): string | null {
  try {
    return strict.decode(bytes)
  } catch {
    return null
  }
}

const strict = new TextDecoder('utf-8', { fatal: true })
