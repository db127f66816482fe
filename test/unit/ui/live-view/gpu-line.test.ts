import { expect, test } from 'vitest'
import type { GpuUsage } from '../../../../src/types.ts'
import { gpuLine } from '../../../../src/ui/live-view/gpu-line.ts'

const usage = (busyPercent: number | null, usedBytes: number | null, celsius: number | null): GpuUsage => ({
  index: 0,
  busyPercent,
  usedBytes,
  celsius,
})

test.each([
  [[], ''],
  [[usage(97, 13.6e9, 71)], 'GPU 97 %  13.6 GB  71 °C'],
  [[usage(null, 13.6e9, null)], 'GPU 13.6 GB'],
  [[usage(null, null, null)], ''],
  [[usage(95, 13.6e9, 71), usage(99, 13.2e9, 64)], '2 GPUs 95–99 %  13.6 GB  71 °C'],
])('%j: %s', (gpus, line) => expect(gpuLine(gpus)).toBe(line))
