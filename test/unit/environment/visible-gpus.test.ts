import { expect, it } from 'vitest'
import { selectVisibleGpus } from '../../../src/environment/visible-gpus.ts'
import { makeGpu } from '../plan/facts.ts'

const gpus = [
  makeGpu({ index: 0, uuid: 'GPU-1a2b' }),
  makeGpu({ index: 1, uuid: 'GPU-1acc' }),
  makeGpu({ index: 2, uuid: 'GPU-9f00' }),
]
const parts = [makeGpu({ index: 2, uuid: 'MIG-77-1' }), makeGpu({ index: 2, uuid: 'MIG-77-2' })]

it.each<[string | null, string]>([
  [null, 'GPU-1a2b GPU-1acc GPU-9f00'],
  ['0', 'GPU-1a2b'],
  ['1,0', 'GPU-1acc GPU-1a2b'],
  [' 1 , 0 ', 'GPU-1acc GPU-1a2b'],
  ['GPU-1a2b', 'GPU-1a2b'],
  ['GPU-9', 'GPU-9f00'],
  ['GPU-9f00,GPU-1a2b', 'GPU-9f00 GPU-1a2b'],
  ['', ''],
  ['-1', ''],
  ['NoDevFiles', ''],
  ['0,-1,1', 'GPU-1a2b'],
  ['7', 'there is no GPU 7'],
  ['0,7', 'there is no GPU 7'],
  ['1,1', '1 is there twice'],
  ['1,GPU-1acc', 'GPU-1acc is there twice'],
  ['GPU-1a', 'GPU-1a begins the UUID of more than one GPU'],
  ['GPU-77', 'there is no GPU GPU-77'],
  ['9f00', 'there is no GPU 9f00'],
  ['cuda:0', 'there is no GPU cuda:0'],
  ['all', 'there is no GPU all'],
])('CUDA_VISIBLE_DEVICES=%s', (visibleDevices, expected) => {
  const { gpus: seen, problem } = selectVisibleGpus(gpus, { visibleDevices, parts: [] })
  expect(problem ?? seen.map(({ uuid }) => uuid).join(' ')).toBe(expected)
})

it.each<[string | null, string]>([
  [null, 'GPU-1a2b GPU-1acc MIG-77-1'],
  ['2', 'MIG-77-1'],
  ['GPU-9f00', 'MIG-77-1'],
  ['MIG-77-2', 'MIG-77-2'],
  ['MIG-78', 'there is no GPU MIG-78'],
])('a divided card, CUDA_VISIBLE_DEVICES=%s', (visibleDevices, expected) => {
  const { gpus: seen, problem } = selectVisibleGpus(gpus, { visibleDevices, parts })
  expect(problem ?? seen.map(({ uuid }) => uuid).join(' ')).toBe(expected)
})

it('without cards, an empty list is the CPU and a name is a mistake', () => {
  expect(selectVisibleGpus([], { visibleDevices: '', parts: [] })).toEqual({ gpus: [], problem: null })
  expect(selectVisibleGpus([], { visibleDevices: '0', parts: [] }).problem).toBe('there is no GPU 0')
})
