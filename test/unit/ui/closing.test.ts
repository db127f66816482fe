import { expect, test } from 'vitest'
import { told } from '../told.ts'
import { formatAnnotateTable } from '../../../src/ui/annotate-table.ts'
import { formatClosing, prepareClosing, trainClosing } from '../../../src/ui/closing-summary.ts'
import { formatStopping } from '../../../src/ui/stopping.ts'

const picture = (file: string, scores: number[]) => {
  const name = file.replace(/\.[^.]+$/, '')
  return {
    annotator: { name: 'embedded' },
    file,
    width: 640,
    height: 480,
    faces: scores.map((score) => ({ score })),
    conditioning: scores.length > 0 ? `${name}.conditioning.png` : null,
    landmarks_file: `${name}.landmarks.json`,
  }
}

const options = { color: false, columns: 100, seconds: 0.6 }

test('the table of annotate', () => {
  const pictures = [
    picture('me.jpg', [0.97]),
    picture('photos/team.jpg', [0.93, ...Array<number>(11).fill(0.5)]),
    picture('dog.jpg', []),
    { ...picture('evil\u001b[2J\r.jpg', []), error: { message: 'It is no picture: it begins like text.' } },
  ]
  expect(formatAnnotateTable(pictures, options)).toBe(
    `
me.jpg            1 face    confidence 0.97   → me.conditioning.png, me.landmarks.json
photos/team.jpg  12 faces   confidence 0.93   → team.conditioning.png, team.landmarks.json
dog.jpg          no face
evil .jpg        It is no picture: it begins like text.
4 pictures, 2 with faces, 1 unreadable, 0.6 s (6.7 pictures/s)`.trim(),
  )
})

test('the table of a condition without faces', () => {
  const drawn = (file: string, width: number, height: number) => ({
    ...picture(file, []),
    annotator: null,
    width,
    height,
    conditioning: file.replace('.jpg', '.conditioning.png'),
    landmarks_file: null,
  })
  const bad = { ...drawn('bad.jpg', 0, 0), conditioning: null, error: { message: 'the file is empty' } }
  expect(formatAnnotateTable([drawn('me.jpg', 512, 512), drawn('wide.jpg', 4032, 512), bad], options)).toBe(
    `
me.jpg    512 × 512    → me.conditioning.png
wide.jpg  4032 × 512   → wide.conditioning.png
bad.jpg   the file is empty
3 pictures, 2 drawn, 1 unreadable, 0.6 s (5.0 pictures/s)`.trim(),
  )
})

test('files that lie elsewhere are shown with their folder', () => {
  const row = {
    ...picture('photos/me.jpg', [0.9]),
    conditioning: 'out/me.conditioning.png',
    landmarks_file: 'out/me.landmarks.json',
  }
  expect(formatAnnotateTable([row], { ...options, seconds: 0.04 })).toBe(
    'photos/me.jpg  1 face    confidence 0.90   → out/me.conditioning.png, out/me.landmarks.json\n1 picture, 1 with a face, 0 s',
  )
})

test('the end of prepare', () => {
  const text = formatClosing(prepareClosing('dataset/'), { color: false })
  expect(told(text, { config: 'face.yaml' })).toBe(
    'Look at it:   dataset/preview.html   (or preview.png)\nNext:         controlnet-kit plan face.yaml',
  )
})

test('the end of train', () => {
  const closing = trainClosing({
    model: 'runs/latest/model',
    preview: null,
    next: [
      "controlnet-kit generate --photo me.jpg --prompt 'an oil painting'",
      'controlnet-kit publish --dry-run',
    ],
  })
  expect(formatClosing(closing, { color: false })).toBe(
    `
Model:   runs/latest/model/
Next:    controlnet-kit generate --photo me.jpg --prompt 'an oil painting'
         controlnet-kit publish --dry-run`.trim(),
  )
})

test.each([
  [null, 'Stopping. What is finished stays. (Ctrl-C again: at once)'],
  [
    { checkpoint: null, step: 5 },
    'Stopping. There is no whole checkpoint yet: 5 steps are lost. (Ctrl-C again: at once)',
  ],
  [
    { checkpoint: 72, step: 77 },
    'Stopping. The last whole checkpoint is step 72; 5 steps after it are lost. (Ctrl-C again: at once)',
  ],
  [
    { checkpoint: 72, step: 73 },
    'Stopping. The last whole checkpoint is step 72; 1 step after it is lost. (Ctrl-C again: at once)',
  ],
  [
    { checkpoint: 72, step: 72 },
    'Stopping. The last whole checkpoint is step 72; nothing is lost. (Ctrl-C again: at once)',
  ],
])('stopping at %j', (training, text) => expect(formatStopping(training)).toBe(text))
