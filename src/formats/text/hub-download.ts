import { shellCommand } from '../../next-step.ts'

/**
 * Returns the `hf download` command that fetches a repository into the Hub's cache. `name` is `owner/name` or
 * `owner/name@revision`.
 */
export function hubDownload(name: string, type: 'model' | 'dataset'): string {
  const [repo = '', revision] = name.split('@')
  const words = [
    'hf download',
    ...(type === 'dataset' ? ['--repo-type dataset'] : []),
    repo,
    ...(revision === undefined ? [] : [`--revision ${revision}`]),
  ]
  return shellCommand(words.join(' '))
}
