import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/** The user's cache folder for the kit: `CNK_HOME`, else `$XDG_CACHE_HOME/controlnet-kit`, else `~/.cache/controlnet-kit`. */
export function cacheFolder(): string {
  const named = process.env['CNK_HOME']
  if (named !== undefined && named !== '') return resolve(named)
  const base = process.env['XDG_CACHE_HOME']
  return join(base !== undefined && base !== '' ? resolve(base) : join(homedir(), '.cache'), 'controlnet-kit')
}
