/** Saved plans: `plan --out` writes one, `train --plan` carries it out when nothing changed since. */
import { readFile } from 'node:fs/promises'
import { UserError } from '../../errors.ts'
import type { Plan } from '../../types.ts'
import { writeFileAtomic } from '../../tools/files/atomic-write.ts'
import { kitCommand } from '../../next-step.ts'

export async function writePlanFile(file: string, plan: Plan): Promise<void> {
  await writeFileAtomic(file, `${JSON.stringify(plan, null, 2)}\n`)
}

export async function readPlanFile(file: string): Promise<Plan> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new UserError(`There is no plan ${file}.`, {
      reason: 'preflight',
      code: 'plan-missing',
      hint: kitCommand('plan', { flags: { out: file } }),
      cause,
    })
  })
  try {
    const plan = JSON.parse(text) as Plan
    if (plan.v === 1 && Array.isArray(plan.stages)) return plan
  } catch {
    // Said below: the same advice for text that is no JSON.
  }
  throw new UserError(`${file} is no plan of this kit.`, {
    reason: 'usage',
    code: 'plan-format',
    hint: `Write it again: ${kitCommand('plan', { flags: { out: file } })}`,
  })
}

/** Throws when the plan of now differs from the saved one, naming what differs. */
export function refuseDrift(saved: Plan, now: Plan, file: string): void {
  const problems = findDrift(saved, now).map((path) => ({
    where: null,
    path,
    message: 'changed since the plan was saved',
  }))
  if (problems.length === 0) return
  throw new UserError(`${file} no longer holds.`, {
    reason: 'preflight',
    code: 'plan-drift',
    problems,
    hint: `Look at the new one: ${kitCommand('plan', { flags: { out: file } })}`,
  })
}

/** Checks vary with the machine's free space, so they are judged anew and not compared. */
function findDrift(saved: Plan, now: Plan): string[] {
  const keys = ['kit_version', 'config', 'paths', 'training', 'stages'] as const
  return keys.filter((key) => JSON.stringify(saved[key]) !== JSON.stringify(now[key]))
}
