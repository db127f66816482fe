import { expect, it } from 'vitest'
import { childEnvironment } from '../../../src/tools/processes/child-environment.ts'

const PERSONS = {
  PATH: '/bin',
  LC_ALL: 'C',
  HF_HOME: '/hf',
  https_proxy: 'http://proxy:1',
  CUDA_VISIBLE_DEVICES: '1',
  HF_TOKEN: 'a',
  HUGGING_FACE_HUB_TOKEN: 'a',
  HF_ENDPOINT: 'https://me:secret@mirror',
  WANDB_API_KEY: 'a',
  GITHUB_TOKEN: 'a',
  AWS_SECRET_ACCESS_KEY: 'a',
  PIP_INDEX_URL: 'https://me:secret@index',
  SSH_AUTH_SOCK: '/tmp/a',
  TQDM_ASCII: '1',
  PYTHONPATH: '/mine',
}

const names = (inherit?: string[]) => Object.keys(childEnvironment(PERSONS, inherit))
const USUAL = ['PATH', 'LC_ALL', 'HF_HOME', 'https_proxy', 'CUDA_VISIBLE_DEVICES']

it.each<[string, string[] | undefined, string[]]>([
  ['all programs', undefined, USUAL],
  ['one that records elsewhere gets that key alone', ['WANDB_API_KEY'], [...USUAL, 'WANDB_API_KEY']],
  ['pip gets its settings', ['PIP_*'], [...USUAL, 'PIP_INDEX_URL']],
  ["a person's own environment keeps its path", ['PYTHONPATH'], [...USUAL, 'PYTHONPATH']],
])('%s', (_name, inherit, expected) => {
  expect(names(inherit).sort()).toEqual([...expected].sort())
})
