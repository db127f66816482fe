/** Work on many things at once, but never on too many. */

/** Results in the order of the items, whatever finishes first. At most `limit` are under way or waiting to be taken. */
export async function* mapInOrder<T, R>(
  items: AsyncIterable<T> | Iterable<T>,
  limit: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const under: Promise<R>[] = []
  try {
    for await (const item of items) {
      const result = work(item)
      // A failure surfaces when it is its turn; until then it is not unhandled.
      result.catch(() => undefined)
      under.push(result)
      if (under.length >= limit) yield await under.shift()!
    }
    while (under.length > 0) yield await under.shift()!
  } finally {
    await Promise.allSettled(under)
  }
}

/** Ends when all are done; the first failure ends it too, once those under way have ended. */
export async function forEachConcurrent<T>(
  items: Iterable<T>,
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items[Symbol.iterator]()
  let failed = false
  const runner = async (): Promise<void> => {
    for (let next = queue.next(); !next.done && !failed; next = queue.next()) {
      await work(next.value).catch((error: unknown) => {
        failed = true
        throw error
      })
    }
  }
  const results = await Promise.allSettled(Array.from({ length: limit }, runner))
  const failure = results.find((result) => result.status === 'rejected')
  if (failure) throw failure.reason
}
