/** Returns for what torch was built (`cpu`, `cu130`, `rocm6.4`), from the text of its `version.py`; null when it does not say. */
export function parseTorchVersion(text: string): string | null {
  const valueOf = (name: string): string | null =>
    new RegExp(`^${name}\\b[^=]*=\\s*['"]([^'"]+)['"]`, 'm').exec(text)?.[1] ?? null
  const [cuda, hip] = [valueOf('cuda'), valueOf('hip')]
  if (hip !== null) return `rocm${hip.split('.').slice(0, 2).join('.')}`
  if (cuda !== null) return `cu${cuda.split('.').slice(0, 2).join('')}`
  return /^cuda\b[^=]*=\s*None/m.test(text) ? 'cpu' : null
}
