import { z } from 'zod'
import { seeOther } from '../html.ts'
import type { Engine } from '../http-handler.ts'
import { type Incoming, notEmulated, type Reply, textReply } from '../reply.ts'
import type { RecordedRequest } from '../request-record.ts'
import { type Act, acts } from './acts.ts'
import { moveClock, readClockForm } from './move-clock.ts'
import { overviewPage } from './overview-page.ts'

const json = (status: number, value: unknown, because: string): Reply => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
  body: `${JSON.stringify(value)}\n`,
  because,
})

/**
 * Administration for other processes, on the loopback port only. A web page of another origin cannot use it: its name
 * would not be a loopback name (DNS rebinding), it cannot send JSON without a preflight, which is not answered, and a
 * form it sends names the page's own origin.
 */
export const answerControl = async (engine: Engine, request: Incoming): Promise<Reply> => {
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(String(request.headers['host'] ?? ''))) {
    return textReply(403, 'The control interface answers on loopback names only\n', 'foreign host name')
  }
  const name = request.path.replace(/^\/_sandbox\/?/, '')
  if (request.method === 'GET') return show(engine, request, name)
  const chosen = Object.hasOwn(acts, name) ? acts[name] : undefined
  if (request.method !== 'POST' || chosen === undefined) return notEmulated(request)
  if (!isOwnOrigin(request)) return textReply(403, 'A page of another origin sent this\n', 'foreign origin')
  const type = String(request.headers['content-type'] ?? '')
  if (/^application\/json\b/.test(type)) return perform(engine, chosen, await request.body())
  if (name === 'clock' && /^application\/x-www-form-urlencoded\b/.test(type)) return clockForm(engine, request)
  return textReply(415, 'Send JSON as application/json\n', 'not JSON')
}

const show = (engine: Engine, request: Incoming, name: string): Reply => {
  switch (name) {
    case '':
      return overviewPage(engine, request)
    case 'requests':
      return json(200, requestsAfter(engine, request.query.get('after')), 'the record')
    case 'clock':
      return json(200, engine.world.clock(), 'the clock')
    default:
      return notEmulated(request)
  }
}

/** `?after=12`: those with a higher number, for a client that asks again and again. */
const requestsAfter = (engine: Engine, after: string | null): readonly RecordedRequest[] =>
  engine.log.requests.filter(({ number }) => number > Number(after ?? 0))

/** A browser names the origin of a form's page and how it relates to this one; other clients name neither. */
const isOwnOrigin = ({ headers, origin }: Incoming): boolean => {
  const site = String(headers['sec-fetch-site'] ?? 'same-origin')
  return String(headers['origin'] ?? origin) === origin && (site === 'same-origin' || site === 'none')
}

const clockForm = async (engine: Engine, request: Incoming): Promise<Reply> => {
  try {
    moveClock(engine.world, readClockForm(new URLSearchParams(await request.body())))
    return seeOther('/_sandbox/#clock', 'the clock was moved')
  } catch (error) {
    if (error instanceof z.ZodError)
      return overviewPage(engine, request, 'This is not a date, a number of seconds or a rate.')
    return overviewPage(engine, request, `The clock was not moved: ${error instanceof Error ? error.message : error}`)
  }
}

const perform = async (engine: Engine, chosen: Act, body: string): Promise<Reply> => {
  try {
    const result = await chosen.perform(engine, JSON.parse(body))
    return json(200, result ?? {}, 'done')
  } catch (error) {
    if (error instanceof z.ZodError) return json(400, { error: z.prettifyError(error) }, 'the body has another shape')
    return json(400, { error: error instanceof Error ? error.message : String(error) }, 'not possible')
  }
}
