/** Buffers of a few sizes that are used again, since a history makes gigabytes of objects that live for a moment. */
export interface BufferPool {
  /** At least `size` bytes, holding anything. */
  take(size: number): Buffer
  give(buffer: Buffer): void
}

const SMALLEST = 12

export function newBufferPool(keepBytes: number): BufferPool {
  const free: Buffer[][] = []
  let kept = 0
  const shelf = (size: number): number => Math.max(SMALLEST, 32 - Math.clz32(Math.max(1, size - 1)))
  return {
    take: (size) => {
      const found = free[shelf(size)]?.pop()
      if (found === undefined) return Buffer.allocUnsafeSlow(2 ** shelf(size))
      kept -= found.length
      return found
    },
    give: (buffer) => {
      if (kept + buffer.length > keepBytes) return
      kept += buffer.length
      const number = shelf(buffer.length)
      const list = free[number] ?? []
      free[number] = list
      list.push(buffer)
    },
  }
}
