/** A real pipeline, damaged in each of the ways that people meet, then looked at. */
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest'
import { observeModel } from '../../src/tools/files/observe-model.ts'
import { findBaseModelProblems } from '../../src/trainer/base-model/base-model-check.ts'
import { changeJson, copyModel, makeModels, POINTER } from './model-folders.ts'
import { told } from '../unit/told.ts'
import { venvPython } from './venv.ts'

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'cnk-damage-')))
const base = join(folder, 'base')

beforeAll(() => void makeModels(folder, venvPython()), 240_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))
beforeEach(() => copyModel(join(folder, 'whole'), base))

const UNET = 'unet/diffusion_pytorch_model.safetensors'
const LFS = 'Fetch the files; in the folder of the model: git lfs install && git lfs pull'
const AGAIN = 'Copy or download the model again.'
const ANEW =
  'Load it in diffusers and write it anew: save_pretrained() of a pipeline or model writes whole safetensors.'
const OTHER = 'Name the text-to-image model of Stable Diffusion 1.x or 2.x that it was made from.'
const SAVED = 'Name a folder written by save_pretrained() of a Stable Diffusion 1.x or 2.x pipeline.'

const at = (name: string) => join(base, name)
const configure = (name: string, values: Record<string, unknown>) => () => changeJson(at(name), values)
const replaceUnet = (by: string) => () => {
  rmSync(at('unet'), { recursive: true })
  cpSync(join(folder, by), at('unet'), { recursive: true })
}

describe('a base model', () => {
  const problemsOf = async () =>
    findBaseModelProblems(await observeModel(base)).map(
      ({ file, found, expected, remedy }) => `${file ?? ''}|${found}|${expected}|${told(remedy)}`,
    )

  test.each<[string, () => void]>([
    ['as it is', () => undefined],
    [
      'linked, as the cache of the Hub has it',
      () => {
        mkdirSync(join(base, 'blobs'))
        renameSync(at(UNET), at('blobs/ab'))
        symlinkSync('../blobs/ab', at(UNET))
      },
    ],
    ['in parts', replaceUnet('unet-parts')],
    [
      'fp16 alone',
      () => {
        rmSync(base, { recursive: true })
        cpSync(join(folder, 'fp16'), base, { recursive: true })
      },
    ],
    ['fp16 beside', () => cpSync(join(folder, 'fp16'), base, { recursive: true })],
    ['v-prediction', configure('scheduler/scheduler_config.json', { prediction_type: 'v_prediction' })],
    [
      'a scheduler that does not say',
      configure('scheduler/scheduler_config.json', { prediction_type: null }),
    ],
    ['vocabulary and merges alone', () => unlinkSync(at('tokenizer/tokenizer.json'))],
    ['without a vocabulary beside tokenizer.json', () => unlinkSync(at('tokenizer/vocab.json'))],
    [
      'a safety checker that was not fetched',
      configure('model_index.json', {
        safety_checker: ['stable_diffusion', 'StableDiffusionSafetyChecker'],
      }),
    ],
  ])('%s', async (_, damage) => {
    damage()
    expect(await problemsOf()).toEqual([])
  })

  test.each<[string, () => void, string[]]>([
    [
      'a pointer',
      () => writeFileSync(at(UNET), POINTER),
      [`${UNET}|is a Git LFS pointer, not the file itself|the whole file|${LFS}`],
    ],
    [
      'pointers wherever Git LFS keeps files',
      () => {
        for (const name of ['tokenizer/tokenizer.json', 'vae/diffusion_pytorch_model.safetensors'])
          writeFileSync(at(name), POINTER)
      },
      [
        `tokenizer/tokenizer.json|is a Git LFS pointer, not the file itself|the whole file|${LFS}`,
        `vae/diffusion_pytorch_model.safetensors|is a Git LFS pointer, not the file itself|the whole file|${LFS}`,
      ],
    ],
    [
      'a dangling link',
      () => {
        unlinkSync(at(UNET))
        symlinkSync('../../blobs/ab', at(UNET))
      },
      [`${UNET}|is a link to nothing (../../blobs/ab)|the whole file|${AGAIN}`],
    ],
    [
      'an empty file',
      () => truncateSync(at('text_encoder/model.safetensors'), 0),
      [`text_encoder/model.safetensors|is empty|the whole file|${AGAIN}`],
    ],
    [
      'an empty config',
      () => truncateSync(at('vae/config.json'), 0),
      [`vae/config.json|is empty|the whole file|${AGAIN}`],
    ],
    [
      'weights that are cut off',
      () => truncateSync(at(UNET), 5_000_000),
      [`${UNET}|has 5,000,000 bytes, its header says 6,672,648 bytes|the whole file|${AGAIN}`],
    ],
    [
      'a page instead of weights',
      () => writeFileSync(at(UNET), '<html>'.repeat(1000)),
      [`${UNET}|is no safetensors file, or cut off in its header|the whole file|${AGAIN}`],
    ],
    [
      'a folder instead of weights',
      () => {
        unlinkSync(at(UNET))
        mkdirSync(at(UNET))
      },
      [`unet/|has no weights|whole weights as safetensors|${AGAIN}`],
    ],
    [
      'a config that is cut off',
      () => truncateSync(at('unet/config.json'), 100),
      [`unet/config.json|is no JSON|the whole file|${AGAIN}`],
    ],
    [
      'a part that is missing',
      () => rmSync(at('vae'), { recursive: true }),
      [`vae/|is missing|the folder that model_index.json names|${AGAIN}`],
    ],
    [
      'no weights',
      () => unlinkSync(at('vae/diffusion_pytorch_model.safetensors')),
      [`vae/|has no weights|whole weights as safetensors|${AGAIN}`],
    ],
    [
      'no config',
      () => unlinkSync(at('text_encoder/config.json')),
      [`text_encoder/config.json|is missing|a file|${AGAIN}`],
    ],
    [
      'no merges',
      () => {
        unlinkSync(at('tokenizer/tokenizer.json'))
        unlinkSync(at('tokenizer/merges.txt'))
      },
      [`tokenizer/merges.txt|is missing|a file|${AGAIN}`],
    ],
    [
      'one of the parts of its weights missing',
      () => {
        replaceUnet('unet-parts')()
        unlinkSync(at('unet/diffusion_pytorch_model-00002-of-00004.safetensors'))
      },
      [`unet/diffusion_pytorch_model-00002-of-00004.safetensors|is missing|a file|${AGAIN}`],
    ],
    [
      'parts without their index',
      () => {
        replaceUnet('unet-parts')()
        unlinkSync(at('unet/diffusion_pytorch_model.safetensors.index.json'))
      },
      [
        'unet/|has parts of weights without their index|whole weights as safetensors|Copy the index as well: its name ends in .safetensors.index.json.',
      ],
    ],
    [
      'a pickle alone',
      replaceUnet('unet-bin'),
      [
        `unet/|has its weights as diffusion_pytorch_model.bin alone|whole weights as safetensors|The trainer would load diffusion_pytorch_model.bin, but such a file can hold a program. ${ANEW}`,
      ],
    ],
    [
      'fp16 in one part alone',
      () => {
        unlinkSync(at(UNET))
        cpSync(join(folder, 'fp16/unet'), at('unet'), { recursive: true })
      },
      [
        `unet/|has its weights as diffusion_pytorch_model.fp16.safetensors alone|whole weights as safetensors|Other parts lack this variant. ${ANEW}`,
      ],
    ],
    [
      'an index without a part',
      configure('model_index.json', { vae: [null, null] }),
      [`model_index.json|names no vae|a vae|${SAVED}`],
    ],
    [
      'an index that is a pointer',
      () => writeFileSync(at('model_index.json'), POINTER),
      [`model_index.json|is a Git LFS pointer, not the file itself|the whole file|${LFS}`],
    ],
    [
      'something that the check of the model needs',
      configure('model_index.json', {
        feature_extractor: ['transformers', 'CLIPImageProcessor'],
      }),
      [`feature_extractor/|is missing|the folder that model_index.json names|${AGAIN}`],
    ],
    [
      'an inpainting model',
      configure('unet/config.json', { in_channels: 9 }),
      [`unet/config.json|has in_channels 9: an inpainting model|in_channels 4|${OTHER}`],
    ],
    [
      'another UNet',
      configure('unet/config.json', { _class_name: 'UNet2DModel' }),
      [`unet/config.json|is of UNet2DModel|UNet2DConditionModel|${OTHER}`],
    ],
    [
      'a UNet with more inputs',
      configure('unet/config.json', { class_embed_type: 'projection' }),
      [`unet/config.json|has class_embed_type projection|no class_embed_type|${OTHER}`],
    ],
    [
      'another text encoder',
      configure('text_encoder/config.json', { architectures: ['T5EncoderModel'] }),
      [`text_encoder/config.json|names T5EncoderModel in architectures|CLIPTextModel|${OTHER}`],
    ],
    [
      'the text encoder of another model',
      configure('unet/config.json', { cross_attention_dim: 1024 }),
      [
        'text_encoder/config.json|has hidden_size 32|1024, the cross_attention_dim of the UNet|Take both from the same model.',
      ],
    ],
    [
      'another prediction',
      configure('scheduler/scheduler_config.json', { prediction_type: 'sample' }),
      [`scheduler/scheduler_config.json|has prediction_type sample|epsilon or v_prediction|${OTHER}`],
    ],
    [
      'Stable Diffusion XL',
      configure('model_index.json', {
        _class_name: 'StableDiffusionXLPipeline',
        text_encoder_2: ['transformers', 'CLIPTextModelWithProjection'],
      }),
      [later('Stable Diffusion XL (StableDiffusionXLPipeline)')],
    ],
    [
      'Stable Diffusion XL, told by its class alone',
      configure('model_index.json', { _class_name: 'StableDiffusionXLInpaintPipeline' }),
      [later('Stable Diffusion XL (StableDiffusionXLInpaintPipeline)')],
    ],
    [
      'Stable Diffusion XL, told by a part alone',
      configure('model_index.json', { _class_name: 'MyPipeline', text_encoder_2: ['transformers', 'X'] }),
      [later('Stable Diffusion XL (MyPipeline)')],
    ],
    [
      'Stable Diffusion 3',
      configure('model_index.json', {
        _class_name: 'StableDiffusion3Pipeline',
        transformer: ['diffusers', 'SD3Transformer2DModel'],
        text_encoder_2: ['transformers', 'CLIPTextModelWithProjection'],
      }),
      [later('Stable Diffusion 3 (StableDiffusion3Pipeline)')],
    ],
    [
      'Flux',
      configure('model_index.json', {
        _class_name: 'FluxPipeline',
        transformer: ['diffusers', 'FluxTransformer2DModel'],
        text_encoder_2: ['transformers', 'T5EncoderModel'],
      }),
      [later('Flux (FluxPipeline)')],
    ],
    [
      'Flux, told by a part alone',
      configure('model_index.json', {
        _class_name: 'MyPipeline',
        transformer: ['diffusers', 'FluxTransformer2DModel'],
        text_encoder_2: ['transformers', 'T5EncoderModel'],
      }),
      [later('Flux (MyPipeline)')],
    ],
    [
      'another with a transformer',
      configure('model_index.json', {
        _class_name: 'PixArtSigmaPipeline',
        transformer: ['diffusers', 'PixArtTransformer2DModel'],
      }),
      [later('PixArtSigmaPipeline')],
    ],
    [
      'nothing',
      () => rmSync(base, { recursive: true }),
      [`|is not there|a folder in diffusers' layout|${SAVED}`],
    ],
    [
      'a checkpoint in one file within a folder',
      () => {
        unlinkSync(at('model_index.json'))
        renameSync(at(UNET), at('v1-5.safetensors'))
      },
      [
        `|has no model_index.json, but a checkpoint in one file, v1-5.safetensors|a folder in diffusers' layout|Convert it with diffusers: StableDiffusionPipeline.from_single_file('${base}/v1-5.safetensors').save_pretrained('${base}/v1-5-diffusers'), then name that folder.`,
      ],
    ],
    [
      "the Hub's cache",
      () => {
        unlinkSync(at('model_index.json'))
        mkdirSync(at('snapshots'))
      },
      [
        "|is a folder of the Hub's cache|a folder in diffusers' layout|Name the commit in it: snapshots/<commit>",
      ],
    ],
  ])('%s', async (_, damage, problems) => {
    damage()
    expect(await problemsOf()).toEqual(problems)
  })

  it('is no checkpoint in one file', async () => {
    for (const [name, found] of [
      ['v1-5.ckpt', 'is a checkpoint in one file'],
      ['photo.jpg', 'is a file'],
    ] as const) {
      writeFileSync(join(folder, name), 'x')
      expect(findBaseModelProblems(await observeModel(join(folder, name)))).toMatchObject([{ found }])
    }
  })
})

function later(family: string): string {
  return `|is ${family}, which is not available yet|a Stable Diffusion 1.x or 2.x pipeline|Name another base model, such as { repo: stable-diffusion-v1-5/stable-diffusion-v1-5 }.`
}
