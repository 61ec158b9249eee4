import { KIND_WORDS, NOT_FOUND, useWords } from '../../messages/kinds.ts'
import type { Place } from '../../model/place.ts'
import { buriedWords } from './buried-words.ts'
import { type Markup, markup } from './markup.ts'
import { type CredentialGroup, levelOf, whereOf } from './scan-report.ts'
import { count } from './text.ts'

/** A browser leaves out the layout of a table that is out of sight, so a long one is cut into these. */
const ROWS_PER_TABLE = 200
const USES_TOLD = 6

/** One credential with its places. `bundleOf` says with which box of the picture a place belongs. */
export function credentialSection(
  group: CredentialGroup,
  index: number,
  sources: readonly string[],
  bundleOf: ReadonlyMap<string, number>,
): Markup {
  const { fingerprint, kind, usernames, places } = group
  const names = usernames.map((username) => username ?? '(no username)').join(', ')
  const rows = places.map((place) => rowOf(place, sources, bundleOf.get(place.id)))
  return markup`<section class="credential" id="c${index + 1}"><h3><code>${fingerprint ?? '(secret not shown)'}</code> <span class="tag ${kind}">${KIND_WORDS[kind]}</span> <span>${names}</span> <span class="mute">${count(places.length, 'place')}</span></h3>
${inTables(rows)}</section>
`
}

function inTables(rows: readonly Markup[]): readonly Markup[] {
  const tables: Markup[] = []
  for (let start = 0; start < rows.length; start += ROWS_PER_TABLE)
    tables.push(markup`<div class="rows"><table class="places">
<thead><tr><th scope="col" class="w-place">Place</th><th scope="col" class="w-consumer">Consumer</th><th scope="col" class="w-sure">Confidence</th><th scope="col" class="w-use">Used for</th><th scope="col" class="w-id">Id</th></tr></thead>
<tbody>${rows.slice(start, start + ROWS_PER_TABLE)}</tbody></table></div>`)
  return tables
}

function rowOf(place: Place, sources: readonly string[], bundle: number | undefined): Markup {
  const level = levelOf(place)
  const uses = [...new Set(place.uses.map(useWords))]
  const rest = uses.length - USES_TOLD
  const told = [...uses.slice(0, USES_TOLD), ...(rest > 0 ? [`and ${rest.toLocaleString('en-US')} more`] : [])]
  const sure =
    level === 'certain'
      ? markup`<span class="mute">certain</span>`
      : markup`<span class="tag ${level}">? ${level}</span> <small>${place.confidence?.reason}</small>`
  const buried = place.buried === undefined ? '' : markup`<br><small>${buriedWords(place.buried)}</small>`
  const used =
    place.unresolved === undefined
      ? told.join(', ')
      : markup`<span class="mute">${NOT_FOUND}</span> <small>${place.unresolved}</small>`
  return markup`<tr id="${place.id}" data-kind="${place.secret?.kind}" data-consumer="${place.consumer}" data-confidence="${level}" data-bundle="${bundle}"><td>${whereOf(place, sources)} <small>${place.address}</small>${buried}</td><td>${place.consumer}</td><td>${sure}</td><td>${used}</td><td><code>${place.id}</code></td></tr>
`
}
