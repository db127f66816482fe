/** Finds a run by what a person calls it, from any folder of a project. */
import { readdir, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { readRunsKey } from '../../config/load.ts'
import { UserError } from '../../errors.ts'
import { kitCommand } from '../../next-step.ts'
import { readRunRecord, type RunRecord } from '../../tools/runs/run-folder.ts'

export interface FoundRun {
  /** Absolute, links resolved. */
  readonly folder: string
  readonly record: RunRecord
}

/** The commands that take a run. */
export type RunCommand = 'resume' | 'status' | 'logs' | 'stop' | 'evaluate'

const LATEST = 'latest'
const CONFIG = 'controlnet.yaml'

/**
 * A run by its folder, by the folder of its project, or by its id in a `runs` folder; without a name the latest. The `runs`
 * folders are those of ./controlnet.yaml and ./runs, here and in the folders above, nearest first. Throws a UserError
 * (`run-missing`, `run-damaged`) that names the
 * command to try again.
 */
export async function findRun(
  given: string | undefined,
  command: RunCommand | 'generate',
): Promise<FoundRun> {
  const folders = await listRunsFolders(process.cwd())
  for (const place of await listPlaces(given, folders)) {
    const found = await openRun(place)
    if (found !== null) return found
  }
  const nameless = command === 'resume' ? 'run to go on with' : 'run'
  const name = given === undefined ? nameless : `run ${given}`
  const shown = [...new Set(folders.map((folder) => relative(process.cwd(), folder)))].slice(0, 2)
  const byName = `name its folder: ${nameAnother(command)}`
  throw new UserError(
    `There is no ${name} here: looked in ${shown.map((one) => `${one}/`).join(' and ')} and above.`,
    {
      reason: 'preflight',
      code: 'run-missing',
      hint: (await exists(CONFIG))
        ? `Start one: ${kitCommand('train')}, or ${byName}`
        : `If it lies elsewhere, ${byName}`,
    },
  )
}

/** The command, about a run that lies elsewhere. */
function nameAnother(command: RunCommand | 'generate'): string {
  if (command === 'generate') return kitCommand('generate', { flags: { photo: 'me.jpg', model: 'RUN' } })
  return kitCommand(command, { words: ['RUN'] })
}

async function listPlaces(given: string | undefined, folders: readonly string[]): Promise<string[]> {
  if (given === undefined) return folders.map((runs) => join(runs, LATEST))
  const named = resolve(given)
  const ofProject = (await projectRuns(named)).map((runs) => join(runs, LATEST))
  return [named, ...ofProject, ...folders.map((runs) => join(runs, given))]
}

/** How a command has to name a run from here: null when it finds that run without a name. */
export async function nameRun(run: string): Promise<string | null> {
  for (const runs of await listRunsFolders(process.cwd())) {
    const found = await openRun(join(runs, LATEST))
    if (found !== null) return found.folder === (await realpath(run)) ? null : relative(process.cwd(), run)
  }
  return relative(process.cwd(), run)
}

/** Nearest first. */
async function listRunsFolders(start: string): Promise<string[]> {
  const folders: string[] = []
  for (let folder = start; ; folder = dirname(folder)) {
    folders.push(...(await projectRuns(folder)))
    if (dirname(folder) === folder) return [...new Set(folders)]
  }
}

/** Where the runs of a project may lie. */
async function projectRuns(project: string): Promise<string[]> {
  const configured = await readRunsKey(join(project, CONFIG))
  return [...(configured === null ? [] : [resolve(project, configured)]), join(project, 'runs')]
}

async function openRun(place: string): Promise<FoundRun | null> {
  const path = (await exists(place)) || basename(place) !== LATEST ? place : await findNewest(dirname(place))
  if (path === null || !(await exists(path))) return null
  const folder = await realpath(path)
  const record = await readRunRecord(folder)
  if (record === null && (await exists(join(folder, 'run.json')))) throw damagedRun(folder)
  return record === null ? null : { folder, record }
}

function damagedRun(folder: string): UserError {
  const file = relative(process.cwd(), join(folder, 'run.json'))
  return new UserError(`${file} can't be read: it is no record of a run.`, {
    reason: 'preflight',
    code: 'run-damaged',
    hint: `Restore it from a copy, or start a new run: ${kitCommand('train')}`,
  })
}

/** On a file system without links there is no `latest`; ids begin with the time. */
async function findNewest(runs: string): Promise<string | null> {
  const names = await readdir(runs).catch(() => [])
  for (const name of names.sort().reverse()) {
    if ((await readRunRecord(join(runs, name))) !== null) return join(runs, name)
  }
  return null
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null
}
