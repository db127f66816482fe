import { basename, join, resolve } from 'node:path'
import { writeNewFile } from '../actions/new-file.ts'
import { renderInitTemplate } from '../config/init-template.ts'
import { ANYWHERE, completeCommands, kitCommand } from '../next-step.ts'
import type { CommonFlags, Output } from './output.ts'

/** `init [DIR]`: a short commented config to begin with; never overwrites one. */
export async function init([dir]: readonly unknown[], _flags: CommonFlags, output: Output): Promise<number> {
  const folder = (dir as string | undefined) ?? '.'
  const file = join(folder, 'controlnet.yaml')
  const template = renderInitTemplate({ folderName: basename(resolve(folder)) })
  // The file speaks to whoever opens it later, in its own folder.
  await writeNewFile(file, completeCommands(template, { ...ANYWHERE, kit: output.invocation().kit }))
  if (resolve(folder) !== process.cwd())
    output.invoke({ folder: join(output.invocation().folder ?? '', folder) })
  if (output.json) output.printJson({ v: 1, path: file })
  else output.print(`${file} is written.\nNext: put photos where it says, then: ${kitCommand('plan')}`)
  return 0
}
