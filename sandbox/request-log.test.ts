import { describe, expect, it } from 'vitest'
import { keptRequests, RequestLog } from './request-log.ts'

describe('the log of requests', () => {
  it('keeps the latest, numbered from the first that ever came', () => {
    const log = new RequestLog()
    const request = { at: '', via: 'web', method: 'GET', host: '', path: '', status: 200, because: '' } as const
    for (let made = 0; made < keptRequests * 3; made++) log.add({ ...request, authorization: { scheme: 'none' } })
    const numbers = log.requests.map(({ number }) => number)
    expect([log.count, numbers.at(-1)]).toEqual([keptRequests * 3, keptRequests * 3])
    expect(numbers.length).toBeGreaterThanOrEqual(keptRequests)
    expect(numbers.length).toBeLessThan(keptRequests + 1000)
    expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index))
  })
})
