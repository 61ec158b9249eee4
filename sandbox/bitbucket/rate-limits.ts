/** support.atlassian.com, bitbucket-cloud/docs/api-request-limits: requests in a rolling hour. */
const limits = {
  anonymous: 60,
  repositories: 1_000,
  git: 60_000,
  raw: 5_000,
  archives: 5_000,
  webhooks: 1_000,
  properties: 2_000,
} as const

export type RateGroup = keyof typeof limits

const hour = 3_600_000

/** Times of the requests of one account in one group, oldest first; what fell out of the hour is skipped. */
interface Bucket {
  readonly times: number[]
  from: number
}

/** All tokens of one account share its buckets; anonymous requests are counted by address, which is always loopback. */
export class RateLimits {
  readonly #buckets = new Map<string, Bucket>()

  /** Counts the request; false if the account has used up its hour. A refused request is not counted. */
  admit(account: string, group: RateGroup, now: Date): boolean {
    const key = `${group} ${account}`
    const bucket = this.#buckets.get(key) ?? { times: [], from: 0 }
    this.#buckets.set(key, bucket)
    forget(bucket, now.getTime() - hour)
    if (bucket.times.length - bucket.from >= limits[group]) return false
    bucket.times.push(now.getTime())
    return true
  }
}

const forget = (bucket: Bucket, before: number): void => {
  while ((bucket.times[bucket.from] ?? Number.POSITIVE_INFINITY) <= before) bucket.from++
  if (bucket.from < 1_024) return
  bucket.times.splice(0, bucket.from)
  bucket.from = 0
}
