// One member as a process of a node that runs corosync; prints its report as a line of JSON.

import { cpgTransport } from '@quorate/cpg-transport'
import { CalculatorMember } from './member.ts'
import { group, takeTour } from './tour.ts'

const member = await CalculatorMember.join(cpgTransport(), group)
const report = await takeTour(member)
await member.close()
console.log(JSON.stringify(report))
