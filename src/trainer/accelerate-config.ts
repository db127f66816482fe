import type { TrainingSettings } from '../types.ts'

/**
 * The text of the file that `accelerate launch --config_file` reads. Every key that accelerate would otherwise guess is
 * there, so a person's own default file never matters. Keys: accelerate's ClusterConfig.
 */
export function renderAccelerateConfig(settings: TrainingSettings): string {
  const several = settings.num_processes > 1
  const onCpu = settings.device === 'cpu'
  const entries: readonly (readonly [string, string | number | boolean])[] = [
    ['compute_environment', 'LOCAL_MACHINE'],
    ['debug', false],
    // Several processes on the CPU start only as MULTI_GPU with ACCELERATE_USE_CPU: MULTI_CPU starts one, unasked.
    ['distributed_type', several ? 'MULTI_GPU' : "'NO'"],
    ['downcast_bf16', "'no'"],
    ['enable_cpu_affinity', false],
    ...(onCpu ? [] : [['gpu_ids', 'all'] as const]),
    ['machine_rank', 0],
    ['main_process_port', 0],
    ['main_training_function', 'main'],
    ['mixed_precision', `'${settings.mixed_precision}'`],
    ['num_machines', 1],
    ['num_processes', settings.num_processes],
    ['rdzv_backend', 'static'],
    ['same_network', true],
    ['use_cpu', onCpu && !several],
  ]
  return entries.map(([key, value]) => `${key}: ${value}\n`).join('')
}
