/** At most `limit` at once; each result is told in the order of the jobs. The first failure stops what has not begun. */
export async function runInOrder<T>(
  jobs: readonly (() => Promise<T>)[],
  limit: number,
  tell: (result: T) => void,
): Promise<T[]> {
  const results: T[] = []
  const running: Promise<T>[] = []
  for (const job of [...jobs, ...Array.from({ length: limit }, () => null)]) {
    if (running.length >= limit || job === null) {
      const next = running.shift()
      if (next !== undefined) tell(results[results.push(await next) - 1] as T)
    }
    if (job !== null) running.push(swallowLater(job()))
  }
  return results
}

/** A rejection that nobody awaits yet must not end the process. */
function swallowLater<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined)
  return promise
}
