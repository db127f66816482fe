/** Addresses that an environment variable may replace by those of a mirror. */
import { SettingError } from './setting-error.ts'

/** Returns the address without a trailing slash. Throws a SettingError when the variable is not a URL. */
export function readMirrorAddress(variable: string, usual: string): string {
  const set = process.env[variable]
  const address = set === undefined || set === '' ? usual : set
  if (URL.canParse(address) && /^https?:$/.test(new URL(address).protocol)) return address.replace(/\/+$/, '')
  throw new SettingError({
    code: 'mirror-address',
    found: `${variable} is not a valid address`,
    expected: 'https://HOST',
    remedy: `Mend ${variable}, or unset it.`,
  })
}
