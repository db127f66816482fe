/** What the trainer can't start from: checkpoints, the base model, packages, variables. */
import { endsWith, says, type FailureKind } from '../failure-kind.ts'
import { ANEW, PLAN, RESUME, thenResume, whenIncomplete } from '../remedies.ts'
import type { TrainerEnd } from '../trainer-end.ts'

const loads = ({ frames }: TrainerEnd): boolean =>
  /in load_(state|accelerator_state|model_hook)$/m.test(frames)

const BUILTIN_CHECKPOINT =
  /checkpoint.* can't be loaded: |is no checkpoint: |--resume_from_checkpoint: there is no/

export const CHECKPOINT_KINDS: readonly FailureKind[] = [
  {
    code: 'checkpoint-damaged',
    repair: 'checkpoint',
    recognise: (end) =>
      loads(end) ||
      BUILTIN_CHECKPOINT.test(end.error) ||
      /Tried to find .*checkpoint.* but folder does not exist/.test(end.error) ||
      // A folder beside the checkpoints with a name like theirs, whose number the script looks for.
      (/invalid literal for int|list index out of range/.test(end.error) && /in <lambda>$/m.test(end.frames)),
    message: (_, { words }) => `The checkpoint to go on from can't be read: ${words}`,
    hint: () => `It is set aside. Go on from the one before it: ${RESUME}`,
  },
  {
    code: 'checkpoint-other',
    recognise: endsWith(/the checkpoint was made with \d+ rows/),
    message: (_, { words }) => `The checkpoint belongs to another dataset: ${words}`,
    hint: () => `Train anew: ${ANEW}`,
  },
]

export const ENVIRONMENT_KINDS: readonly FailureKind[] = [
  {
    code: 'missing-package',
    reason: 'environment',
    repair: 'environment',
    recognise: endsWith(
      /^(ImportError|ModuleNotFoundError|importlib\.metadata\.PackageNotFoundError)\b|xformers is not available|requires the \w+ library|needs the package/,
    ),
    message: (_, { words }) => `The Python environment is not complete: ${words}`,
    hint: whenIncomplete,
  },
  {
    code: 'environment-variable',
    reason: 'environment',
    recognise: ({ error, frames }) =>
      (/^ZeroDivisionError/.test(error) && /tqdm/.test(frames)) ||
      (/^(ValueError|KeyError)/.test(error) &&
        /(datasets|huggingface_hub|diffusers|transformers)[/\\](config|constants|utils[/\\]logging)\.py/.test(
          frames,
        )) ||
      // The launcher's own error: it reads OMP_NUM_THREADS and its kin.
      (/invalid literal for (int|float)/.test(error) && frames === '') ||
      /Unknown level: '|PYTORCH_(CUDA_)?ALLOC_CONF|Unrecognized (key|config) .*CachingAllocatorConfig/.test(
        error,
      ),
    message: (_, { words }) => `A library can't use a variable of your environment: ${words}`,
    hint: () =>
      `Look for it with: env | grep -E 'TQDM|HF_|PYTORCH|ACCELERATE|OMP'\n${thenResume('Unset it')}`,
  },
]

export const BASE_MODEL_KINDS: readonly FailureKind[] = [
  {
    code: 'base-model-missing',
    reason: 'environment',
    recognise: endsWith(
      /couldn't connect to '?https|Repo id must (be in the form|use alphanumeric)|is not a local folder|Error no file named|does not appear to have a file named|Couldn't instantiate the backend tokenizer|Can't load (the )?(tokenizer|config|model|image|feature)|couldn't find (it|them) in the cached files|Cannot find the requested files|LocalEntryNotFoundError|OfflineModeIsEnabled|no file named [\w.]+/,
    ),
    message: (_, { words }) => `The base model, or the ControlNet to start from, is not complete: ${words}`,
    hint: () => `See what is missing: ${PLAN}`,
  },
  {
    code: 'base-model-damaged',
    reason: 'environment',
    recognise: says(/SafetensorError|safetensors_rust|Unable to load weights from (checkpoint|pytorch)/),
    message: (_, { words }) =>
      `A file of the base model, or of the ControlNet to start from, is damaged: ${words}`,
    hint: () => `Fetch or copy it anew. See what is damaged: ${PLAN}`,
  },
  {
    code: 'base-model-mismatch',
    reason: 'environment',
    recognise: says(
      /size mismatch|mat1 and mat2 shapes cannot be multiplied|shape '.*' is invalid for|[Uu]nknown prediction type|^ValueError: \w+ is not supported\.|expected shape|The size of tensor a|expected input\[.*\] to have \d+ channels|low_cpu_mem_usage|is not laid out like Stable Diffusion|its UNet expects another text encoder|predicts `/m,
    ),
    message: (_, { words }) =>
      `Parts of the base model and of the ControlNet do not fit each other: ${words}`,
    hint: () =>
      `Take a Stable Diffusion 1.x or 2.x model as it was published. See what does not fit: ${PLAN}`,
  },
]

export const SETTING_KINDS: readonly FailureKind[] = [
  {
    code: 'trainer-flags',
    reason: 'preflight',
    recognise: endsWith(
      /^\S+\.py: error: (unrecognized|argument|the following|ambiguous|expected)|^ValueError: `?--\w+/,
    ),
    message: (_, { words }) => `The training script does not take its arguments: ${words}`,
    hint: () => `Where train.script names a copy of your own, leave it out. See the arguments: ${PLAN}`,
  },
  {
    code: 'tracker',
    reason: 'environment',
    recognise: endsWith(/Unsupported logging capability|wandb\.errors|No API key configured/),
    message: (_, { words }) => `The tracker can't be used: ${words}`,
    hint: () => thenResume('Sign in to it, or take it out of the config'),
  },
]
