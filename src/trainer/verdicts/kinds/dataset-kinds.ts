/** What the trainer finds wrong with the dataset and with the pictures for previews. */
import { atStep, says, type FailureKind } from '../failure-kind.ts'
import { PREPARE, RESUME, thenResume } from '../remedies.ts'
import type { TrainerEnd } from '../trainer-end.ts'

const previews = ({ frames }: TrainerEnd): boolean => /in log_validation$/m.test(frames)

const anew = `Write it anew: ${PREPARE}`

export const DATASET_KINDS: readonly FailureKind[] = [
  {
    code: 'preview-picture',
    recognise: (end) =>
      (previews(end) &&
        /FileNotFoundError|UnidentifiedImageError|truncated|same shape|DecompressionBomb/.test(end.error)) ||
      end.error.includes('--validation_image: there is no file'),
    message: (failure, { words }) =>
      `A conditioning image for the previews can't be used (${atStep(failure)}): ${words}`,
    // The kit writes them beside the run at each start.
    hint: () => `They are written anew by: ${RESUME}`,
  },
  {
    code: 'dataset-missing',
    repair: 'dataset',
    recognise: says(
      /EmptyDatasetError|Couldn't find any data file|doesn't contain any data files|--train_data_dir: there is no folder/,
    ),
    message: (_, { words }) => `The dataset has no files: ${words}`,
    hint: () => anew,
  },
  {
    code: 'dataset-picture',
    repair: 'dataset',
    recognise: (end) =>
      /PIL[/\\]/.test(end.frames) ||
      /UnidentifiedImageError|image file is truncated|'NoneType' object has no attribute '(convert|read)'/.test(
        end.message,
      ),
    message: (failure, { words }) => `A picture of the dataset can't be read (${atStep(failure)}): ${words}`,
    hint: () => anew,
  },
  {
    code: 'dataset-shape',
    repair: 'dataset',
    recognise: says(
      /`--\w+_column` value|Caption column `|ArrowInvalid|ArrowTypeError|DatasetGenerationError|CastError|Couldn't cast|NonMatchingSplits|ExpectedMoreSplits|UnexpectedSplits|KeyError: 'train'|yaml\.|SplitsNotFound|has no attribute 'convert'|out of range for dataset|Index \d+ out of range|num_samples should be a positive|snappy|Corrupt|has no split `|the split `\w+` of .* is empty|--\w+_column: no column/,
    ),
    message: (failure, { words }) =>
      `The dataset is not as the trainer expects it (${atStep(failure)}): ${words}`,
    hint: () => anew,
  },
  {
    code: 'datasets-cache',
    recognise: ({ error, frames }) =>
      /^(FileNotFoundError|NotADirectoryError|OSError)/.test(error) && /datasets[/\\]/.test(frames),
    message: (_, { words }) => `The trainer can't use its cache of the dataset: ${words}`,
    hint: () => thenResume('See that the path can be written (CNK_HOME moves the cache)'),
  },
]
