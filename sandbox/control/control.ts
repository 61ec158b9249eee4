import type { Engine } from '../http-handler.ts'
import { type Incoming, notEmulated, type Reply } from '../reply.ts'
export const answerControl = async (_engine: Engine, request: Incoming): Promise<Reply> => notEmulated(request)
