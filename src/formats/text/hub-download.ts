import { shellCommand } from '../../next-step.ts'

/** The command of the Hub's own client that fetches a repository into its cache. `name`: `owner/name`, or with `@revision`. */
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
