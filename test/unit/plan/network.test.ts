/** Which hosts a plan contacts, and what prevents a download. */
import { expect, test } from 'vitest'
import { told } from '../told.ts'
import { buildPlan } from '../../../src/plan/build-plan.ts'
import { stageSpecs } from '../../../src/stages/index.ts'
import type { Config, Contact, Facts, Plan } from '../../../src/types.ts'
import { bareFacts, config } from './facts.ts'

const direct = (host: string): Contact => ({ host, also: [], proxy: null, problem: null })

const plan = (network: Partial<Facts['network']>, of: Config = config(), more: Partial<Facts> = {}): Plan =>
  buildPlan({
    config: of,
    configFile: 'controlnet.yaml',
    facts: { ...bareFacts, ...more, network: { ...bareFacts.network, ...network } },
    specs: stageSpecs,
  })

const PIP = ['your pip index', 'download.pytorch.org (for what your pip index does not have)']
const hubSource = {
  ...bareFacts.source,
  kind: 'hub',
  given: 'owner/faces@main',
  contact: direct('mirror.corp'),
} as const
const builtin = { train: { engine: 'builtin' } }

test.each<[what: string, found: Plan, contacts: readonly string[]]>([
  ['as it is', plan({}), [...PIP, 'raw.githubusercontent.com', 'huggingface.co', '*.hf.co']],
  [
    'mirrors',
    plan({ hub: direct('mirror.corp:8443'), githubRaw: direct('raw.corp') }),
    [...PIP, 'raw.corp', 'mirror.corp:8443'],
  ],
  [
    'a proxy for one of them',
    plan({ hub: { ...bareFacts.network.hub, proxy: 'proxy.corp:3128' } }),
    [
      ...PIP,
      'raw.githubusercontent.com',
      'huggingface.co through proxy.corp:3128',
      '*.hf.co through proxy.corp:3128',
    ],
  ],
  [
    'pictures from the Hub',
    plan({ hub: direct('mirror.corp') }, config(builtin), { source: hubSource }),
    [...PIP, 'mirror.corp'],
  ],
  ['offline: only pip, which has settings of its own', plan({ offline: offline() }), PIP],
  ['nothing to fetch but packages', plan({}, config({ ...builtin, base_model: { generated: 'tiny' } })), PIP],
])('%s', (_what, { effects }, contacts) => expect(effects.contacts).toEqual(contacts))

function offline() {
  return { why: 'HF_HUB_OFFLINE is set', undo: 'Unset HF_HUB_OFFLINE' }
}

const failed = ({ checks }: Plan) =>
  checks
    .filter(({ code, status }) => status !== 'pass' && code !== 'few-steps')
    .map(
      ({ code, status, found, expected, remedy }) =>
        `${status} ${code}: ${found}; expected ${expected} → ${told(remedy)}`,
    )

const ALL = 'expected all that is needed on this machine'
const PACKAGES =
  'warn packages-missing: the Python environment is not made yet, and HF_HUB_OFFLINE is set; expected an environment, or packages that pip can reach → Where there is no package index, pip takes wheels from a folder: PIP_NO_INDEX=1 PIP_FIND_LINKS=/path.'
const BASE = `fail base-model-missing: stable-diffusion-v1-5/stable-diffusion-v1-5@main is not on this machine, and HF_HUB_OFFLINE is set; ${ALL} → Unset HF_HUB_OFFLINE, or name a local copy (base_model.folder), or fetch it first with: hf download stable-diffusion-v1-5/stable-diffusion-v1-5 --revision main`

test.each<[what: string, found: Plan, checks: readonly string[]]>([
  ['online', plan({}), []],
  [
    'offline, nothing there',
    plan({ offline: offline() }),
    [
      `fail trainer-missing: diffusers' train_controlnet.py (v0.40.0) is not on this machine, and HF_HUB_OFFLINE is set; ${ALL} → Unset HF_HUB_OFFLINE, or name a local copy (train.script), or train with the engine of the kit (train.engine: builtin).`,
      BASE,
      PACKAGES,
    ],
  ],
  ['offline, the engine of the kit', plan({ offline: offline() }, config(builtin)), [BASE, PACKAGES]],
  [
    "offline, the base model in the cache of the Hub's own client",
    plan({ offline: offline(), inHubCache: { baseModel: true, captioner: false } }, config(builtin)),
    [PACKAGES],
  ],
  [
    'offline, captions by a model that is not there, pictures on the Hub',
    plan(
      { offline: offline() },
      config({
        ...builtin,
        base_model: { generated: 'tiny' },
        dataset: { source: { hub: 'owner/faces@main' }, captions: { model: 'blip' } },
      }),
      { source: hubSource, captioner: { kind: 'blip', folder: null, isThere: false, digest: '' } },
    ),
    [
      `fail source-missing: owner/faces@main is not on this machine, and HF_HUB_OFFLINE is set; ${ALL} → Unset HF_HUB_OFFLINE, or fetch it first with: hf download --repo-type dataset owner/faces --revision main`,
      `fail caption-model-missing: Salesforce/blip-image-captioning-large is not on this machine, and HF_HUB_OFFLINE is set; ${ALL} → Unset HF_HUB_OFFLINE, or name a folder that has the model (CNK_BLIP_MODEL=/path).`,
      PACKAGES,
    ],
  ],
  [
    'a proxy that can not be used, for two hosts: told once',
    plan({
      hub: { ...direct('huggingface.co'), problem: socks() },
      githubRaw: { ...direct('raw'), problem: socks() },
    }),
    [
      'fail network-proxy: ALL_PROXY names a proxy of the kind socks5://; expected http://HOST:PORT → Mend ALL_PROXY, or unset it.',
    ],
  ],
  [
    'the same, and nobody to ask',
    plan(
      { hub: { ...direct('huggingface.co'), problem: socks() } },
      config({ ...builtin, base_model: { generated: 'tiny' } }),
    ),
    [],
  ],
])('%s: checks', (_what, found, checks) => expect(failed(found)).toEqual(checks))

function socks() {
  return {
    code: 'network-proxy',
    found: 'ALL_PROXY names a proxy of the kind socks5://',
    expected: 'http://HOST:PORT',
    remedy: 'Mend ALL_PROXY, or unset it.',
  }
}
