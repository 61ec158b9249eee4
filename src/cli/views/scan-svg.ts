import { type Markup, markup } from './markup.ts'
import { STEP } from './picture-layout.ts'
import type { Picture, PictureEdge, PictureNode } from './scan-picture.ts'
import { count, cut } from './text.ts'

const WIDTH = 1080
const BOX_HEIGHT = STEP - 8
/** Left edge and width of the three columns. */
const COLUMNS = {
  secrets: { x: 1, width: 250, heading: 'Secret' },
  places: { x: 375, width: 330, heading: 'sits in place' },
  uses: { x: 829, width: 250, heading: 'feeds use' },
} as const

type ColumnName = keyof typeof COLUMNS

/** So wide is a letter at most, nearly always. */
const TITLE_LETTER = 7.4
const DETAIL_LETTER = 6.6

/**
 * The picture as inline SVG. What matters stands in attributes and not in the style sheet: some servers show pages of
 * strangers without any style (Jenkins does), and the picture then still is one.
 */
export function pictureSvg(picture: Picture): Markup {
  const { secrets, places, uses, sits, feeds, height } = picture
  return markup`<svg viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="group" aria-labelledby="picture-title" font-family="system-ui, sans-serif" font-size="13">
${(Object.keys(COLUMNS) as ColumnName[]).map(headingOf)}
<g fill="none" stroke="currentColor" stroke-width="1.5">${sits.map((edge) => edgeOf(edge, 'secrets', 'places'))}${feeds.map((edge) => edgeOf(edge, 'places', 'uses'))}</g>
${secrets.map((node) => boxOf(node, 'secrets'))}${places.map((node) => boxOf(node, 'places'))}${uses.map((node) => boxOf(node, 'uses'))}
</svg>`
}

/** What the picture leaves out, in words; empty when it shows everything. */
export function leftWords({ left }: Picture): string {
  const parts = [
    ...(left.places > 0 ? [count(left.places, 'place')] : []),
    ...(left.credentials > 0 ? [count(left.credentials, 'credential')] : []),
    ...(left.uses > 0 ? [count(left.uses, 'workspace')] : []),
  ]
  return parts.length === 0 ? '' : `Not drawn, for want of room, but in the list: ${parts.join(', ')}.`
}

function headingOf(column: ColumnName): Markup {
  const { x, heading } = COLUMNS[column]
  return markup`<text class="column" x="${x}" y="20" font-weight="600" fill="currentColor">${heading}</text>`
}

function edgeOf({ fromY, toY, kind, bundles }: PictureEdge, from: ColumnName, to: ColumnName): Markup {
  const [start, end] = [COLUMNS[from].x + COLUMNS[from].width, COLUMNS[to].x]
  const middle = (start + end) / 2
  const line = `M${start} ${round(fromY)}C${middle} ${round(fromY)} ${middle} ${round(toY)} ${end} ${round(toY)}`
  return markup`<path class="edge ${kind}" data-bundles="${bundles.join(' ')}" d="${line}"/>`
}

function boxOf(node: PictureNode, column: ColumnName): Markup {
  const { x, width } = COLUMNS[column]
  const top = round(node.y - BOX_HEIGHT / 2)
  const inner = markup`<title>${node.title}, ${node.detail}</title><rect class="box ${node.kind ?? ''}" x="${x}" y="${top}" width="${width}" height="${BOX_HEIGHT}" rx="5" fill="none" stroke="currentColor"/><text x="${x + 10}" y="${top + 17}" fill="currentColor">${cut(node.title, Math.floor((width - 20) / TITLE_LETTER))}</text><text class="detail" x="${x + 10}" y="${top + 33}" font-size="12" fill="currentColor">${cut(node.detail, Math.floor((width - 20) / DETAIL_LETTER))}</text>`
  const group = markup`<g class="node" data-bundles="${node.bundles.join(' ')}">${inner}</g>`
  return node.target === undefined ? group : markup`<a href="#${node.target}">${group}</a>`
}

const round = (value: number): number => Math.round(value * 10) / 10
