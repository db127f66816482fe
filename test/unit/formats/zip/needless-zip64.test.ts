import { expect, test } from 'vitest'
import { parseEndRecord } from '../../../../src/formats/zip/end-record.ts'

test('a second end record that nothing needs, as PyTorch writes it, is no part of the directory', () => {
  const [offset, bytes, entries] = [1000, 46, 1]
  const end64 = Buffer.alloc(56)
  end64.writeUInt32LE(0x06064b50, 0)
  for (const [value, at] of [
    [entries, 24],
    [entries, 32],
    [bytes, 40],
    [offset, 48],
  ] as const)
    end64.writeBigUInt64LE(BigInt(value), at)
  const locator = Buffer.alloc(20)
  locator.writeUInt32LE(0x07064b50, 0)
  locator.writeBigUInt64LE(BigInt(offset + bytes), 8)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(entries, 8)
  end.writeUInt16LE(entries, 10)
  end.writeUInt32LE(bytes, 12)
  end.writeUInt32LE(offset, 16)
  const tail = Buffer.concat([end64, locator, end])
  expect(parseEndRecord(tail, offset + bytes + tail.length)).toEqual({
    offset,
    bytes,
    entries,
    prefixBytes: 0,
  })
})
