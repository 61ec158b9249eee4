import { type BuildEnvironment, type BuildRecord, type Cause, runBuild, takeBuildNumber } from './build.ts'
import type { Controller } from './controller.ts'
import type { Item } from './item-tree.ts'
import { childText } from './xml-element.ts'

export interface QueueItem {
  readonly id: number
  readonly fullName: string
  readonly cause: Cause
  /** Set once the build has started. */
  executable: number | undefined
  /** No node has the label of the job, so it never starts. */
  readonly stuck?: { readonly label: string }
  readonly done: Promise<BuildRecord>
}

/** Until its job is deleted. */
const waits = { executable: undefined, done: new Promise<never>(() => undefined) }

/** One executor per job: builds of one job run one after the other. */
export interface BuildQueue {
  add(controller: Controller, item: Item, cause: Cause): QueueItem
  find(id: number): QueueItem | undefined
  /** What waits of a job that is deleted leaves the queue. */
  forget(fullName: string): void
  /** True while a build with that number is on its way. */
  runs(fullName: string, number: number): boolean
  idle(): Promise<void>
}

export function buildQueue(environment: BuildEnvironment, labels: readonly string[] = []): BuildQueue {
  const items: (QueueItem | undefined)[] = []
  const last = new Map<string, Promise<unknown>>()
  const running = new Set<string>()

  const start = async (controller: Controller, item: Item, queued: () => QueueItem): Promise<BuildRecord> => {
    const number = takeBuildNumber(item)
    queued().executable = number
    running.add(`${item.fullName}#${number}`)
    try {
      return await runBuild(controller, item, number, queued().cause, environment)
    } finally {
      running.delete(`${item.fullName}#${number}`)
    }
  }

  return {
    add(controller, item, cause) {
      const label = childText(item.root, 'assignedNode')
      if (label !== undefined && !labels.includes(label)) {
        const waiting: QueueItem = { ...waits, id: items.length + 1, fullName: item.fullName, cause, stuck: { label } }
        items.push(waiting)
        return waiting
      }
      const before = last.get(item.fullName) ?? Promise.resolve()
      const done = before.then(() => start(controller, item, () => queued))
      const queued: QueueItem = {
        id: items.length + 1,
        fullName: item.fullName,
        cause,
        executable: undefined,
        done,
      }
      last.set(
        item.fullName,
        done.catch(() => undefined),
      )
      items.push(queued)
      return queued
    },
    find: (id) => items.find((each) => each?.id === id),
    forget(fullName) {
      for (const [index, each] of items.entries())
        if (each?.fullName === fullName && each.stuck !== undefined) items[index] = undefined
    },
    runs: (fullName, number) => running.has(`${fullName}#${number}`),
    idle: async () => {
      for (let settled = -1; settled < items.length; ) {
        settled = items.length
        await Promise.allSettled(items.map((each) => (each?.stuck === undefined ? each?.done : undefined)))
      }
    },
  }
}
