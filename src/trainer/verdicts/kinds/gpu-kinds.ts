/** What goes wrong with a GPU. */
import { ON_THE_CPU } from '../../../environment/torch-backend.ts'
import { atStep, endsWith, says, type FailureKind } from '../failure-kind.ts'
import { FULL_PRECISION, lessGpuMemory, PLAN, thenResume, whenIncomplete } from '../remedies.ts'

export const GPU_KINDS: readonly FailureKind[] = [
  {
    code: 'gpu-memory',
    reason: 'gpu-memory',
    // Libraries of CUDA that get no memory for themselves say only that they could not begin.
    recognise: says(
      /OutOfMemoryError|CUDA out of memory|CUDA error: out of memory|CU(BLAS|DNN)_STATUS_(ALLOC_FAILED|NOT_INITIALIZED)|unable to find an engine to execute/i,
    ),
    message: (failure, { error }) => {
      const wanted = /Tried to allocate ([\d.]+ [KMG]iB)/.exec(error)?.[1]
      const total = /total capacity of ([\d.]+ [KMG]iB)/.exec(error)?.[1]
      const facts = [wanted && `it asked for ${wanted} more`, total && `the card has ${total}`]
        .filter(Boolean)
        .join('; ')
      return `Training ran out of GPU memory ${atStep(failure)}${facts === '' ? '.' : `: ${facts}.`}`
    },
    hint: lessGpuMemory,
  },
  {
    code: 'gpu-driver',
    reason: 'environment',
    recognise: endsWith(
      /driver on your system is too old|CUDA driver version is insufficient|no kernel image is available|not compatible with the current PyTorch installation|not compiled with CUDA enabled/,
    ),
    message: (_, { words }) => `The GPU can't be used with this build of torch: ${words}`,
    hint: () => `Update the NVIDIA driver, then: ${PLAN}\n${ON_THE_CPU}`,
  },
  {
    code: 'gpu-absent',
    reason: 'environment',
    recognise: endsWith(
      /No CUDA GPUs are available|CUDA unknown error|Found no NVIDIA driver|no CUDA-capable device|invalid device ordinal|Failed to initialize NVML|libcuda\.so/,
    ),
    message: (_, { words }) => `torch finds no GPU that it can use: ${words}`,
    hint: () =>
      `See whether nvidia-smi lists the GPU; after an update of the driver, or where a container has lost it, restart. Then: ${PLAN}\n${ON_THE_CPU}`,
  },
  {
    code: 'cuda-library',
    reason: 'environment',
    repair: 'environment',
    recognise: endsWith(
      /lib(cudart|cublas|cudnn|cufft|curand|cusolver|cusparse|nccl|nvrtc|nvJitLink|c10_cuda|torch_cuda)[\w.-]*: cannot open shared object/i,
    ),
    message: (_, { words }) => `A library of CUDA is missing from the Python environment: ${words}`,
    hint: whenIncomplete,
  },
  {
    code: 'gpu-fault',
    recognise: says(
      /device-side assert triggered|illegal memory access|unspecified launch failure|misaligned address|uncorrectable ECC|AcceleratorError|GPU is lost|fallen off the bus|CUDNN_STATUS_|CUBLAS_STATUS_/,
    ),
    message: (failure, { words }) => `The GPU failed ${atStep(failure)}: ${words}`,
    hint: () => `${thenResume('Try once more')}\nWhen it happens again, look at dmesg for Xid messages.`,
  },
  {
    code: 'precision-unsupported',
    recognise: endsWith(/must have the same dtype|not implemented for '(Half|BFloat16)'|fp16 needs a GPU/),
    message: (_, { words }) => `This device can't train in the precision that was chosen: ${words}`,
    hint: () => `Train in fp32: ${FULL_PRECISION}`,
  },
]
