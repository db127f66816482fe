import { expect, test } from 'vitest'
import {
  countExtensions,
  isPictureFile,
  isUnreadPicture,
  PICTURE_EXTENSIONS,
  withoutCopies,
} from '../../../../src/formats/pictures/picture-names.ts'

test.each([
  ['a.heic', true],
  ['A.BMP', true],
  ['deep/er/a.Cr2', true],
  ['a.jp2', true],
  ['a.gif', true],
  ['a.jpg', false],
  ['a.txt', false],
  ['bmp', false],
  ['.hidden.bmp', false],
  ['._a.heic', false],
])('isUnreadPicture(%j) is %s', (name, expected) => expect(isUnreadPicture(name)).toBe(expected))

test('no kind is both', () => {
  expect(PICTURE_EXTENSIONS.length).toBeGreaterThan(10)
  for (const extension of PICTURE_EXTENSIONS) {
    expect([isPictureFile(`a${extension}`), isUnreadPicture(`a${extension}`)]).toEqual([true, false])
  }
})

test('a picture that is there in a kind that is read is not missing', () => {
  const unread = ['a/1.heic', 'a/2.CR2', 'b/1.heic', 'b/3.bmp']
  expect(withoutCopies(unread, ['a/1.jpg', 'A/2.png', 'c/3.png'])).toEqual(['b/1.heic', 'b/3.bmp'])
  expect(countExtensions(['1.heic', '2.HEIC', '3.bmp'])).toEqual({ '.heic': 2, '.bmp': 1 })
})
