import { type Incoming, notEmulated, type Reply, type Stage } from '../reply.ts'
export const answerAccount = async (_stage: Stage, request: Incoming): Promise<Reply> => notEmulated(request)
