import { expect, it } from 'vitest'
import { createRedactor } from '../../../src/tools/redact.ts'

const redact = createRedactor({ MY_TOKEN: 's3cret/value+1', SHORT_TOKEN: 'abc', HOME: '/home/somebody' })

it.each([
  ['token hf_abcdefghijklmnopqrstuvwxyz012345 used', 'token [hidden] used'],
  ['ghp_abcdefghijklmnopqrstuvwxyz0123456789', '[hidden]'],
  ['Authorization: Bearer abc.def', 'Authorization: [hidden]'],
  ['https://user:pass@host/simple', 'https://[hidden]@host/simple'],
  ['https://h/f?X-Amz-Signature=1234&x=1', 'https://h/f?X-Amz-Signature=[hidden]&x=1'],
  ['s3cret/value+1', '[hidden]'],
  [`a ${encodeURIComponent('s3cret/value+1')} b`, 'a [hidden] b'],
  [Buffer.from('s3cret/value+1').toString('base64'), '[hidden]=='],
  ['/home/somebody abc hf_hub 100%|███| 3/3', '/home/somebody abc hf_hub 100%|███| 3/3'],
])('%s', (line, expected) => {
  const padding = Buffer.from('s3cret/value+1').toString('base64').replace(/[^=]/g, '')
  expect(redact(line)).toBe(expected.replace(/==$/, padding))
})
