import { suite } from 'uvu'
import { voteLockContract } from '../ports/vote-contract.ts'
import { MemoryVoteLock } from './memory-vote-lock.ts'

const test = suite('votes in memory')
for (const { name, run } of voteLockContract(new MemoryVoteLock(), 'memory')) test(name, run)
test.run()
