import { openPrefilter } from '../scan/prefilter/prefilter.ts'
import { serveSearch } from '../system/scan-workers.ts'
import { fileJudge } from './file-judge.ts'

/** What a thread runs that helps to search files; a bundle of its own, so that it starts fast. */
serveSearch({ search: openPrefilter(), judge: fileJudge() })
