import type { Contact } from '../../types.ts'
import { findContact } from '../network/find-contact.ts'
import { DEFAULT_ENDPOINT, readHubSettings } from './hub-settings.ts'

/** Hosts on which huggingface.co stores large files. Those of a mirror are not known. */
const STORAGE = '*.hf.co'

export async function findHubContact(): Promise<Contact> {
  const contact = await findContact(() => readHubSettings().endpoint)
  return contact.host === new URL(DEFAULT_ENDPOINT).host ? { ...contact, also: [STORAGE] } : contact
}
