import { describe, expect, test } from 'vitest'
import {
  isSegmentation,
  landmarkFileName,
  measureLandmarkError,
  parseLandmarkFile,
} from '../../../../src/formats/landmark-files/face-synthetics.ts'

const lines = Array.from({ length: 70 }, (_, index) => `${index} ${index * 2.5}`)

describe('parseLandmarkFile', () => {
  test('the first 68 of 70 points, and the box that bounds them', () => {
    const { box, score, landmarks } = parseLandmarkFile(lines.join('\n'))
    expect(landmarks).toHaveLength(68)
    expect(landmarks[67]).toEqual([67, 167.5])
    expect(box).toEqual([0, 0, 67, 167.5])
    expect(score).toBe(1)
  })

  test.each([
    ['line ends of Windows and empty lines at the end', lines.join('\r\n') + '\r\n\r\n'],
    ['tabs and exponents', lines.join('\n').replace('1 2.5', '1e0\t2.5')],
  ])('takes %s', (_, text) => {
    expect(parseLandmarkFile(text).landmarks[1]).toEqual([1, 2.5])
  })

  test.each([
    ['no line', '', 'expected 70 points, found 0'],
    ['69 lines', lines.slice(1).join('\n'), 'expected 70 points, found 69'],
    ['71 lines', [...lines, '1 1'].join('\n'), 'expected 70 points, found 71'],
    [
      'three numbers',
      lines.join('\n').replace('1 2.5', '1 2.5 3'),
      'line 2: expected two numbers, found "1 2.5 3"',
    ],
    ['one number', lines.join('\n').replace('1 2.5', '1'), 'line 2: expected two numbers, found "1"'],
    [
      'not a number',
      lines.join('\n').replace('1 2.5', '1 nan'),
      'line 2: expected two numbers, found "1 nan"',
    ],
    ['infinity', lines.join('\n').replace('1 2.5', '1 Infinity'), 'line 2: expected two numbers'],
  ])('refuses %s', (_, text, message) => {
    expect(() => parseLandmarkFile(text)).toThrow(message)
  })
})

test('names of the files of a frame', () => {
  expect(landmarkFileName('part/000012.png')).toBe('part/000012_ldmks.txt')
  expect(isSegmentation('000012_seg.png')).toBe(true)
  expect(isSegmentation('000012.png')).toBe(false)
})

test('the error is measured in the distance between the outer eye corners', () => {
  const { landmarks } = parseLandmarkFile(lines.join('\n'))
  const eyes = Math.hypot(9, 9 * 2.5)
  const moved = landmarks.map(([x, y]) => [x + 3, y + 4] as const)
  expect(measureLandmarkError(moved, landmarks)).toBeCloseTo((100 * 5) / eyes, 10)
  expect(measureLandmarkError(landmarks, landmarks)).toBe(0)
})
