import { basename, join, resolve } from 'node:path'
import { writeNewFile } from '../commands/new-file.ts'
import { renderInitTemplate } from '../config/init-template.ts'
import { loadOutput, type CommonFlags } from './output.ts'

/** `init [DIR]`: a short commented config to begin with; never overwrites one. */
export async function init([dir]: readonly unknown[], flags: CommonFlags): Promise<number> {
  const output = loadOutput('init', flags)
  const folder = (dir as string | undefined) ?? '.'
  const file = join(folder, 'controlnet.yaml')
  await writeNewFile(file, renderInitTemplate({ folderName: basename(resolve(folder)) }))
  output.print(
    output.json
      ? JSON.stringify({ v: 1, file })
      : `${file} is written.\nNext: put photos where it says, then: controlnet-kit plan`,
  )
  return 0
}
