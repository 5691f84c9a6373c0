// A process with one VoteQuorum handle, steered by the test.

import { VoteQuorum } from '@quorate/cpg-transport'
import { serve } from '../serve.ts'

let votes: VoteQuorum | undefined

serve({
  async open() {
    votes = await VoteQuorum.open()
  },
  info: (nodeid?: number) => votes?.info(nodeid),
  close: () => votes?.close(),
})
