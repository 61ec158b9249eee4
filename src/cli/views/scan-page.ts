import { createHash } from 'node:crypto'
import { KIND_ADVICE } from '../../messages/kind-advice.ts'
import { KIND_WORDS, useWords } from '../../messages/kinds.ts'
import { groupedBy } from '../../model/grouped-by.ts'
import type { Inventory } from '../../model/inventory.ts'
import type { SecretKind } from '../../model/secret.ts'
import { VERSION } from '../../model/version.ts'
import { Markup, markup } from './markup.ts'
import { credentialSection } from './scan-page-places.ts'
import { PAGE_SCRIPT } from './scan-page-script.ts'
import { PAGE_STYLE } from './scan-page-style.ts'
import { drawPicture, type Picture } from './scan-picture.ts'
import {
  type BaselineComparison,
  byCredential,
  byUrgency,
  type CredentialGroup,
  holding,
  levelOf,
  pinsOf,
  type ScanReport,
  shown,
  whereOf,
} from './scan-report.ts'
import { leftWords, pictureSvg } from './scan-svg.ts'
import { count } from './text.ts'

/** From so many places on, a browser lays out only what is in sight. */
const LONG = 500

/** Nothing but the style sheet and the script below, each named by its hash, is let into the page. */
const POLICY = [
  "default-src 'none'",
  `style-src '${hashOf(PAGE_STYLE)}'`,
  `script-src '${hashOf(PAGE_SCRIPT)}'`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}

/** One page that needs nothing else: it opens from a disk, and everything in it can be read without its script. */
export function scanPage(report: ScanReport): string {
  const { inventory, baseline } = report
  const groups = byUrgency(byCredential(holding(inventory)))
  const places = holding(inventory).length
  const picture = drawPicture(groups, inventory.sources)
  const page = markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${Markup.trusted(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="keyturn ${VERSION}">
<link rel="icon" href="data:,">
<title>Bitbucket credentials: ${count(groups.length, 'credential')} in ${count(places, 'place')}</title>
<style>${Markup.trusted(PAGE_STYLE)}</style>
</head>
<body${places > LONG ? markup` class="long"` : undefined}>
<a class="skip" href="#list">Skip to the list</a>
${headerOf(report, groups)}
<main>
${unreadNotice(inventory)}
${baseline === undefined ? undefined : baselineNotice(baseline)}
${kindSection(groups)}
${pictureSection(picture, groups)}
${listSection(inventory, groups, picture)}
${pinSection(inventory)}
${unansweredSection(inventory)}
${unreadSection(inventory)}
</main>
<script>${Markup.trusted(PAGE_SCRIPT)}</script>
</body>
</html>
`
  return page.text
}

function headerOf({ inventory, baseline }: ScanReport, groups: readonly CredentialGroup[]): Markup {
  const { sources, filesRead, filesSeen } = inventory
  const places = groups.reduce((sum, group) => sum + group.places.length, 0)
  const none = `No ${(baseline?.known ?? 0) > 0 ? 'further ' : ''}Bitbucket credential was found`
  const found = places === 0 ? none : `${count(groups.length, 'credential')} in ${count(places, 'place')}`
  const read = `${count(filesSeen, 'file')} seen, ${filesRead.toLocaleString('en-US')} read, in`
  const named = sources.map((source, index) => markup`${index === 0 ? '' : ', '}<code>${source}</code>`)
  return markup`<header>
<h1>Bitbucket credentials</h1>
<p><strong>${found}</strong></p>
<p class="mute">${read} ${named}. Secrets are named by fingerprints and never shown.</p>
</header>`
}

function unreadNotice({ unread }: Inventory): Markup {
  if (unread.length === 0) return markup``
  return markup`<p class="notice"><strong>This list is not complete.</strong> ${count(unread.length, 'thing')} could not be read: <a href="#unread">which, and why</a>.</p>`
}

function baselineNotice({ file, known, gone }: BaselineComparison): Markup {
  const lost = gone.map(
    ({ id, path, address, reason }) =>
      markup`<li>${path ?? id} ${address}${reason === undefined ? undefined : markup` <span class="mute">${reason}</span>`}</li>`,
  )
  return markup`<section aria-labelledby="baseline"><h2 id="baseline">Baseline</h2>
<p>${count(known, 'place stands', 'places stand')} in the baseline <code>${file}</code> and ${known === 1 ? 'is' : 'are'} not listed here.</p>
${gone.length === 0 ? undefined : markup`<p>${count(gone.length, 'place')} of it ${gone.length === 1 ? 'was' : 'were'} not found any more:</p><ul>${lost}</ul>`}
</section>`
}

/** What there is of each kind, and what to do about it. */
function kindSection(groups: readonly CredentialGroup[]): Markup {
  if (groups.length === 0) return markup``
  const rows = [...groupedBy(groups, (group) => group.kind)].map(([kind, of]) => {
    const places = of.reduce((sum, group) => sum + group.places.length, 0)
    const found = `${count(of.length, 'credential')} in ${count(places, 'place')}`
    return markup`<tr><td><span class="tag ${kind}">${KIND_WORDS[kind]}</span></td><td>${found}</td><td>${adviceOf(kind)}</td></tr>`
  })
  return markup`<section aria-labelledby="kinds"><h2 id="kinds">What to do</h2>
<table class="kinds"><thead><tr><th scope="col">Kind</th><th scope="col">Found</th><th scope="col">Next</th></tr></thead>
<tbody>${rows}</tbody></table></section>`
}

/** Words between back quotes are commands. */
function adviceOf(kind: SecretKind): readonly Markup[] {
  return KIND_ADVICE[kind]
    .split('`')
    .map((words, index) => (index % 2 === 1 ? markup`<code>${words}</code>` : markup`${words}`))
}

function pictureSection(picture: Picture, groups: readonly CredentialGroup[]): Markup {
  if (groups.length === 0) return markup``
  const left = leftWords(picture)
  return markup`<section aria-labelledby="picture-title"><h2 id="picture-title">Which secret sits where, and feeds what</h2>
<p class="mute">A box leads to its rows in the list. ${left}</p>
<div class="picture" tabindex="0" role="region" aria-labelledby="picture-title">${pictureSvg(picture)}</div></section>`
}

function listSection(inventory: Inventory, groups: readonly CredentialGroup[], picture: Picture): Markup {
  const sections = groups.map((group, index) => credentialSection(group, index, inventory.sources, picture.bundleOf))
  return markup`<section aria-labelledby="list"><h2 id="list">Credentials and their places</h2>
${filterForm(groups)}
${groups.length === 0 ? markup`<p>None.</p>` : sections}</section>`
}

/** Shown by the script alone, since nothing happens without it. */
function filterForm(groups: readonly CredentialGroup[]): Markup {
  const places = groups.flatMap((group) => group.places)
  const kinds = [...new Set(groups.map((group) => group.kind))].map((kind) => [kind, KIND_WORDS[kind]] as const)
  const consumers = [...new Set(places.map((place) => place.consumer))].sort().map((name) => [name, name] as const)
  const levels = [...new Set(places.map(levelOf))].sort().map((level) => [level, level] as const)
  return markup`<form hidden role="search" aria-label="Filter">
<label class="wide">Text <input type="search" name="text" autocomplete="off" aria-keyshortcuts="/" placeholder="path, username, repository, fingerprint"></label>
${selectOf('Kind', 'kind', kinds)}${selectOf('Consumer', 'consumer', consumers)}${selectOf('Confidence', 'confidence', levels)}
<button type="reset">Show all</button>
<output aria-live="polite"></output>
</form>`
}

function selectOf(label: string, name: string, options: readonly (readonly [string, string])[]): Markup {
  return markup`<label>${label} <select name="${name}"><option value="">all</option>${options.map(([value, words]) => markup`<option value="${value}">${words}</option>`)}</select></label>`
}

function pinSection(inventory: Inventory): Markup {
  const pins = pinsOf(inventory)
  if (pins.length === 0) return markup``
  const rows = pins.map(
    (place) =>
      markup`<tr><td>${whereOf(place, inventory.sources)} <small>${place.address}</small></td><td>${place.username?.text}</td><td><code>${place.id}</code></td></tr>`,
  )
  return markup`<section aria-labelledby="pins"><h2 id="pins">URLs and settings that name a username</h2>
<p>They hold no secret, but decide which username is sent, and change together with it.</p>
<table><thead><tr><th scope="col">Place</th><th scope="col">Username</th><th scope="col">Id</th></tr></thead><tbody>${rows}</tbody></table></section>`
}

function unansweredSection({ unanswered }: Inventory): Markup {
  if (unanswered.length === 0) return markup``
  const rows = unanswered.map((use) => markup`<tr><td>${useWords(use)}</td><td>${use.by}</td></tr>`)
  return markup`<section aria-labelledby="unanswered"><h2 id="unanswered">Uses without a credential</h2>
<p>Something does this, and no place that was found serves it.</p>
<table><thead><tr><th scope="col">Use</th><th scope="col">By</th></tr></thead><tbody>${rows}</tbody></table></section>`
}

function unreadSection({ unread, sources }: Inventory): Markup {
  if (unread.length === 0) return markup``
  const rows = unread.map(
    (one) => markup`<tr><td>${shown(one.at, sources)}</td><td>${one.detail} <small>${one.reason}</small></td></tr>`,
  )
  return markup`<section aria-labelledby="unread"><h2 id="unread">What could not be read</h2>
<table><thead><tr><th scope="col">What</th><th scope="col">Why</th></tr></thead><tbody>${rows}</tbody></table></section>`
}
