import type { Contact } from '../../types.ts'
import { findContact } from '../network/find-contact.ts'
import { DEFAULT_ENDPOINT, readHubSettings } from './hub-settings.ts'

/** Where huggingface.co keeps large files. A mirror has its own places, which nobody lists. */
const STORAGE = '*.hf.co'

export async function findHubContact(): Promise<Contact> {
  const contact = await findContact(() => readHubSettings().endpoint)
  return contact.host === new URL(DEFAULT_ENDPOINT).host ? { ...contact, also: [STORAGE] } : contact
}
