import { serveSearch } from '../system/scan-workers.ts'
import { openPrefilter } from './prefilter/prefilter.ts'

/** What a thread runs that helps to search files; a bundle of its own, so that it starts fast. */
serveSearch(openPrefilter())
