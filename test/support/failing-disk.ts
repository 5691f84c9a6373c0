// File systems of one node that fail when they are told to, and can be mended: full, or with a device below them that
// answers each write with an error. The errors are the kernel's own. All of it is in the node's mount namespace, and
// goes with the node.

import { spawnSync } from 'node:child_process'
import type { ClusterNode } from '@quorate/testkit'

export interface FailingDisk {
  /** For a storage; a path in the node. */
  readonly path: string
  fail(): Promise<void>
  /** Call it when nobody has files open there. */
  mend(): Promise<void>
}

/** A storage begins with 4 MiB, and grows by as many. */
const smallMiB = 24
/** Never full in a test. */
const largeMiB = 128

/** Why no device can be made to fail on this machine; `null`: it can. */
export function breakingUnavailable(): string | null {
  const needed = 'command -v mkfs.ext4 && command -v chattr && losetup -f'
  const { status } = spawnSync('sh', ['-c', needed], { stdio: 'ignore' })
  return status === 0 ? null : 'It takes mkfs.ext4, chattr and loop devices.'
}

export async function fillingDisk(node: ClusterNode): Promise<FailingDisk> {
  await run(node, `mkdir /run/small; mount -t tmpfs -o size=${smallMiB}m none /run/small`)
  return {
    path: '/run/small/replica',
    fail: () => run(node, '! dd if=/dev/zero of=/run/small/ballast bs=64k status=none 2>/dev/null'),
    mend: () => run(node, 'rm /run/small/ballast'),
  }
}

/**
 * An ext4 on a loop device, whose file lies on another ext4: to make that file immutable lets the kernel refuse what the
 * loop device writes, and the file system above gets an I/O error.
 */
export async function breakingDisk(node: ClusterNode): Promise<FailingDisk> {
  const make = (image: string, mebibytes: number, at: string): string =>
    `truncate -s ${mebibytes}M ${image}; mkfs.ext4 -q -F -m 0 ${image}; mkdir ${at}; mount -o loop ${image} ${at}`
  await run(node, `${make('/run/device', 2 * largeMiB, '/run/below')}`)
  await run(node, `${make('/run/below/device', largeMiB, '/run/above')}`)
  return {
    path: '/run/above/replica',
    fail: () => run(node, 'chattr +i /run/below/device'),
    mend: () =>
      run(node, 'umount /run/above; chattr -i /run/below/device; mount -o loop /run/below/device /run/above'),
  }
}

async function run(node: ClusterNode, script: string): Promise<void> {
  const { code, stderr } = await node.exec('sh', ['-ec', script])
  if (code !== 0) throw new Error(`${script}\nended with ${code}: ${stderr}`)
}
