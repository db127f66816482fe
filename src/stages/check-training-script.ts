import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { UserError } from '../errors.ts'
import { checkFlags } from '../trainer/check-flags.ts'
import { UPSTREAM_SCRIPT, upstreamVersion } from '../trainer/upstream-script.ts'
import type { StageContext } from '../types.ts'

/** Upstream's script has to be, byte for byte, what the plan saw, and to know every flag that it is given. */
export async function checkTrainingScript({
  config,
  facts,
  paths,
  stage,
  report,
}: StageContext): Promise<void> {
  if (config.train.engine !== 'diffusers') return
  const own = config.train.script !== undefined
  const file = paths.trainerScript
  const script = await readScript(file)
  const sha256 = createHash('sha256').update(script).digest('hex')
  const expected = own ? facts.files[file]?.sha256 : UPSTREAM_SCRIPT.sha256
  if (expected && sha256 !== expected) {
    throw new UserError(
      `The training script has changed: expected sha256 ${expected}, found ${sha256} in ${file}`,
      {
        reason: 'integrity',
        code: 'trainer-changed',
        hint: own ? 'Plan again.' : `Remove ${file}; it is fetched anew.`,
      },
    )
  }
  if (upstreamVersion(sha256) !== UPSTREAM_SCRIPT.version) {
    report({
      type: 'warning',
      code: 'trainer-unknown',
      message: `${file} is not the script of diffusers ${UPSTREAM_SCRIPT.version}, which the kit was tested with (sha256 ${sha256}).`,
    })
  }
  const args = stage.commands[0]!.args
  checkFlags(args.slice(args.indexOf(file) + 1), script.toString('utf8'), file)
}

async function readScript(file: string): Promise<Buffer> {
  try {
    return await readFile(file)
  } catch (error) {
    throw new UserError(`There is no training script at ${file}`, { code: 'trainer-missing', cause: error })
  }
}
