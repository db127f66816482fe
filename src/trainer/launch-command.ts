/** How the training script is started. */
import type { Command, Config, GpuFact, Paths, TrainingSettings } from '../types.ts'
import { deviceEnvironment } from '../environment/device.ts'
import { environmentKindOf } from '../environment/kinds.ts'
import { trackerSettings, trackerVariables } from '../environment/trackers.ts'

interface LaunchInput {
  readonly config: Pick<Config, 'environment' | 'train'>
  readonly paths: Paths
  readonly settings: TrainingSettings
  /** The cards that train. */
  readonly gpus: readonly GpuFact[]
  /** Arguments of the training script. */
  readonly args: readonly string[]
}

/** The command that starts the training script under accelerate, each of the two through `launch.py`. */
export function planLaunchCommand({ config, paths, settings, gpus, args }: LaunchInput): Command {
  const launch = `${paths.packageRoot}/python/launch.py`
  return {
    file: paths.python,
    args: [
      launch,
      '--launcher',
      '--config_file',
      `${paths.run}/accelerate.yaml`,
      launch,
      paths.trainerScript,
      ...args,
    ],
    ...withPrograms(
      config,
      {
        ...trainerEnvironment(paths),
        ...deviceEnvironment({ device: settings.device, gpus }),
        ...trackerSettings(config.train.trackers),
      },
      trackerVariables(config.train.trackers),
    ),
    cwd: paths.run,
  }
}

/** A Python program of the kit, without accelerate. `environment` is added to what all of them get. */
export function planPythonCommand(
  { config, paths }: Pick<LaunchInput, 'config' | 'paths'>,
  script: string,
  { args, environment }: { args: readonly string[]; environment: Readonly<Record<string, string>> },
): Command {
  const { packageRoot, python, run } = paths
  return {
    file: python,
    args: [`${packageRoot}/python/launch.py`, `${packageRoot}/python/${script}`, ...args],
    ...withPrograms(config, { ...PYTHON_ENVIRONMENT, ...environment }),
    cwd: run,
  }
}

/** With what the kind of environment adds for its programs. `inherit`: further names that pass from the person's environment. */
function withPrograms(
  config: LaunchInput['config'],
  environment: Command['env'],
  inherit: readonly string[] = [],
): Pick<Command, 'env' | 'inherit'> {
  const { programs } = environmentKindOf(config)
  const names = [...(programs.inherit ?? []), ...inherit]
  return { env: { ...environment, ...programs.env }, ...(names.length > 0 && { inherit: names }) }
}

/** Everything is on this machine by now: nothing is fetched, no token is used. */
const PYTHON_ENVIRONMENT = {
  PYTHONUNBUFFERED: '1',
  PYTHONFAULTHANDLER: '1',
  PYTHONIOENCODING: 'utf-8',
  PYTHONDONTWRITEBYTECODE: '1',
  HF_HUB_OFFLINE: '1',
  TRANSFORMERS_OFFLINE: '1',
  HF_DATASETS_OFFLINE: '1',
  HF_HUB_DISABLE_IMPLICIT_TOKEN: '1',
  HF_HUB_DISABLE_TELEMETRY: '1',
  HF_HUB_DISABLE_PROGRESS_BARS: '1',
  TOKENIZERS_PARALLELISM: 'false',
  // Threads of torch wait for each other awake, 300,000 looks long: where another program wants the core, for its whole turn.
  GOMP_SPINCOUNT: '1000',
  NO_COLOR: '1',
}

function trainerEnvironment(paths: Paths): Record<string, string> {
  return {
    ...PYTHON_ENVIRONMENT,
    HF_DATASETS_CACHE: paths.datasetsCache,
    // Never refresh the bar for the time's sake, but for each new loss: one refresh for each micro-batch.
    TQDM_MININTERVAL: '1000000',
    ACCELERATE_LOG_LEVEL: 'INFO',
  }
}
