import type { Contact } from '../../types.ts'
import { readCertificates } from './certificates.ts'
import { findProxy, formatProxy } from './find-proxy.ts'
import { SettingError } from './setting-error.ts'

/** Returns the host of an address and the proxy used for it. A wrong setting is returned as `problem`, not thrown. */
export async function findContact(readAddress: () => string): Promise<Contact> {
  const contact = { host: '', also: [], proxy: null, problem: null }
  try {
    const address = readAddress()
    contact.host = new URL(address).host
    const proxy = findProxy(address)
    if (address.startsWith('https:')) await readCertificates()
    return { ...contact, proxy: proxy && formatProxy(proxy) }
  } catch (error) {
    if (error instanceof SettingError) return { ...contact, problem: error.setting }
    throw error
  }
}
