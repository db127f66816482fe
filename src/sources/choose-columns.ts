import type { WantedColumns } from '../formats/parquet/wanted-columns.ts'
import type { OpenSourceOptions } from './picture-source.ts'

export function chooseColumns({
  columns,
  values,
  conditioning,
  isTemplate = false,
}: Pick<OpenSourceOptions, 'columns' | 'values' | 'conditioning' | 'isTemplate'>): WantedColumns {
  return {
    image: columns.image,
    conditioning: conditioning ? columns.conditioning_image : null,
    values,
    isTemplate,
  }
}
