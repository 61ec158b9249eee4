import type { ClockReading } from '../clock.ts'
import { type Html, html } from '../html.ts'

const minute = 60
const hour = 60 * minute
const day = 24 * hour

const steps = [
  ['1 hour', hour],
  ['1 day', day],
  ['30 days', 30 * day],
  ['1 year', 365 * day],
] as const

/** Instants at which the two sites change: community.atlassian.com, Bitbucket announcement 3237429. */
const milestones = [
  ['Before the brown-outs', '2026-06-08T12:00:00Z'],
  ['First brown-out', '2026-06-09T00:05:00Z'],
  ['Last hour of app passwords', '2026-07-27T23:00:00Z'],
  ['App passwords ended', '2026-07-28T00:00:00Z'],
] as const

const rates = [
  ['1 minute', minute],
  ['1 hour', hour],
  ['1 day', day],
] as const

const rateWords = (rate: number): string => {
  if (rate === 0) return 'The clock stands.'
  const known = rates.find(([, seconds]) => seconds === rate)?.[0] ?? `${rate} s`
  return `The clock runs: ${known} in each second.`
}

export const clockText = ({ now }: ClockReading): string => `${now.slice(0, 10)} ${now.slice(11, 19)} UTC`

/** One form for each button: no script is needed, and each of them is reached with the keyboard. */
const actButton = (name: string, value: string | number, title: string): Html => html`
<form class="inline" method="post" action="/_sandbox/clock"><button class="quiet" type="submit" name="${name}" value="${value}">${title}</button></form>`

const setting = (reading: ClockReading): Html => html`
<h3>Set</h3>
<div class="row">${milestones.map(([title, now]) => actButton('now', now, title))}</div>
<form class="row" method="post" action="/_sandbox/clock">
  <label>Date and time, UTC <input type="text" name="now" value="${reading.now.slice(0, 16)}" required autocomplete="off"></label>
  <button type="submit">Set the clock</button>
</form>
<h3>Run</h3>
<div class="row">${rates.map(([title, rate]) => actButton('rate', rate, `${title} each second`))}${actButton('rate', 0, 'Stop')}</div>`

/** Open where the reader is at it: the clock runs, or what was entered is no time. */
const fold = (isOpen: boolean, content: Html): Html =>
  isOpen
    ? html`<details open><summary>Set or run the clock</summary>${content}</details>`
    : html`<details><summary>Set or run the clock</summary>${content}</details>`

export const clockPanel = (reading: ClockReading, problem: string | undefined): Html => html`
<section class="panel" id="clock" aria-labelledby="clock-title">
<h2 id="clock-title" class="off">Clock of the sandbox</h2>
<div class="row apart">
<p class="time"><time datetime="${reading.now}">${clockText(reading)}</time></p>
<div class="row">${steps.map(([title, seconds]) => actButton('advanceSeconds', seconds, `+ ${title}`))}</div>
</div>
<p class="mute">${rateWords(reading.rate)} Brown-outs, the end of app passwords and the expiry of tokens follow it.</p>
${problem === undefined ? undefined : html`<p class="problem" role="alert">${problem}</p>`}
${fold(problem !== undefined || reading.rate > 0, setting(reading))}
</section>`
