import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import type { CudaFact, GpuFact } from '../../types.ts'
import {
  GPU_FIELDS,
  isNoDevice,
  isUnknownField,
  OLD_GPU_FIELDS,
  parseGpus,
  parseMigParts,
} from '../../environment/nvidia-smi-output.ts'
import { tryOutput, type CollectedOutput } from '../processes/collect-output.ts'

/** With a wedged driver, nvidia-smi never returns. */
const TIMEOUT_MS = 10_000

/** Under WSL, nvidia-smi is outside PATH. */
const WSL_FOLDER = '/usr/lib/wsl/lib'

/** Observes the NVIDIA GPUs of this machine and the CUDA environment; returns no GPUs when there is no driver. */
export async function observeGpus(): Promise<{ gpus: GpuFact[]; cuda: CudaFact }> {
  const visibleDevices = process.env['CUDA_VISIBLE_DEVICES'] ?? null
  const file = await findNvidiaSmi()
  if (file === null) return { gpus: [], cuda: { visibleDevices, parts: [], trouble: null } }
  const [{ gpus, trouble }, listing] = await Promise.all([
    queryGpus(file),
    tryOutput({ file, args: ['-L'] }, TIMEOUT_MS),
  ])
  const parts = listing?.exitCode === 0 ? parseMigParts(listing.stdout, gpus) : []
  return { gpus, cuda: { visibleDevices, parts, trouble } }
}

/** Path of nvidia-smi; null where there is no driver. */
export async function findNvidiaSmi(): Promise<string | null> {
  const name = process.platform === 'win32' ? 'nvidia-smi.exe' : 'nvidia-smi'
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  for (const file of [...folders, WSL_FOLDER].map((folder) => join(folder, name))) {
    const isThere = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (isThere) return file
  }
  return null
}

type Query = { readonly gpus: GpuFact[]; readonly trouble: string | null }

async function queryGpus(file: string): Promise<Query> {
  const query = (fields: string) =>
    tryOutput({ file, args: [`--query-gpu=${fields}`, '--format=csv,noheader,nounits'] }, TIMEOUT_MS)
  const output = await query(GPU_FIELDS)
  if (output !== null && isUnknownField(textOf(output)))
    return readGpus(await query(OLD_GPU_FIELDS), OLD_GPU_FIELDS)
  return readGpus(output, GPU_FIELDS)
}

function readGpus(output: CollectedOutput | null, fields: string): Query {
  if (output === null) return { gpus: [], trouble: `no answer within ${TIMEOUT_MS / 1000} seconds` }
  const text = textOf(output)
  if (isNoDevice(text)) return { gpus: [], trouble: null }
  if (output.exitCode === 0) return { gpus: parseGpus(output.stdout, fields), trouble: null }
  return { gpus: [], trouble: text.split(/\r?\n/, 1)[0] || `exit code ${output.exitCode}` }
}

const textOf = ({ stdout, stderr }: CollectedOutput): string => `${stdout.trim()}\n${stderr.trim()}`.trim()
