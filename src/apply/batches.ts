interface Waiting<Item, Result> {
  readonly item: Item
  readonly done: (result: Result) => void
  readonly failed: (error: unknown) => void
}

/**
 * Gives what comes while `write` is busy to its next call, in order; what comes in one go is together, too. `write` gives the results in the
 * order of its items; what it throws is thrown to each of them.
 */
export function inBatches<Item, Result>(
  write: (items: readonly Item[]) => Promise<readonly Result[]>,
): (item: Item) => Promise<Result> {
  let waiting: Waiting<Item, Result>[] = []
  let isWriting = false
  const drain = async (): Promise<void> => {
    isWriting = true
    await Promise.resolve() // for those that come in one go
    while (waiting.length > 0) {
      const batch = waiting
      waiting = []
      await write(batch.map(({ item }) => item)).then(
        (results) => {
          for (const [index, { done }] of batch.entries()) done(results[index] as Result)
        },
        (error: unknown) => {
          for (const { failed } of batch) failed(error)
        },
      )
    }
    isWriting = false
  }
  return (item) =>
    new Promise((done, failed) => {
      waiting.push({ item, done, failed })
      if (!isWriting) void drain()
    })
}
