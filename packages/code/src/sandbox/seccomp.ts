/**
 * A filter of system calls for Linux (seccomp, https://www.kernel.org/doc/html/latest/userspace-api/seccomp_filter.html): no new processes, no memory that
 * the limit of data does not count, nothing that reaches into the kernel or into other processes. Threads are allowed.
 */

interface Architecture {
  /** AUDIT_ARCH of the kernel. */
  readonly id: number
  readonly mmap: number
  readonly clone: number
  /** Refused, by their numbers. */
  readonly refused: readonly number[]
}

const clone3 = 435

const architectures: Readonly<Record<string, Architecture>> = {
  x64: {
    id: 0xc000003e,
    mmap: 9,
    clone: 56,
    // fork, vfork, ptrace, shmget, semget, msgget, syslog, pivot_root, chroot, mount, umount2, init_module, kexec_load, add_key, request_key, keyctl, unshare,
    // perf_event_open, open_by_handle_at, setns, process_vm_readv, process_vm_writev, finit_module, memfd_create, bpf, userfaultfd, io_uring_setup, memfd_secret
    refused: [
      57, 58, 101, 29, 64, 68, 103, 155, 161, 165, 166, 175, 246, 248, 249, 250, 272, 298, 304, 308, 310, 311, 313, 319,
      321, 323, 425, 447,
    ],
  },
  arm64: {
    id: 0xc00000b7,
    mmap: 222,
    clone: 220,
    // The same in the same order; there is no fork and no vfork.
    refused: [
      117, 194, 190, 186, 116, 41, 51, 40, 39, 105, 104, 217, 218, 219, 97, 241, 265, 268, 270, 271, 273, 279, 280, 282,
      425, 447,
    ],
  },
}

type Instruction = readonly [code: number, yes: number, no: number, value: number]

/** Offsets in what the kernel gives a filter: the call's number, its architecture, the low half of an argument. */
const [number, architecture] = [0, 4]
const argument = (index: number) => 16 + index * 8

const load = (offset: number): Instruction => [0x20, 0, 0, offset]
const equals = (value: number, yes: number, no: number): Instruction => [0x15, yes, no, value]
const atLeast = (value: number, yes: number, no: number): Instruction => [0x35, yes, no, value]
const hasBits = (value: number, yes: number, no: number): Instruction => [0x45, yes, no, value]
const answer = (value: number): Instruction => [0x06, 0, 0, value]

const allow = answer(0x7fff0000)
const kill = answer(0x80000000)
const error = (errno: number) => answer(0x00050000 | errno)
const [EPERM, ENOSYS] = [1, 38]
const [CLONE_THREAD, MAP_SHARED] = [0x10000, 1]

/** Numbers from here on are those of another way to call (x32), which the list doesn't know. */
const otherNumbers = 0x40000000

/** The filter as the bytes that `bwrap --seccomp` reads; `undefined` for an architecture that is not known. */
export function seccompFilter(arch: string = process.arch): Uint8Array | undefined {
  const calls = architectures[arch]
  if (!calls) return undefined
  return bytesOf([
    load(architecture),
    equals(calls.id, 1, 0),
    kill,
    load(number),
    atLeast(otherNumbers, 0, 1),
    error(ENOSYS),
    // Without it libraries fall back to clone, whose flags can be read here.
    equals(clone3, 0, 1),
    error(ENOSYS),
    ...calls.refused.flatMap((call) => [equals(call, 0, 1), error(EPERM)]),
    equals(calls.clone, 0, 4),
    load(argument(0)),
    hasBits(CLONE_THREAD, 0, 1),
    allow,
    error(EPERM),
    equals(calls.mmap, 0, 3),
    load(argument(3)),
    hasBits(MAP_SHARED, 0, 1),
    error(EPERM),
    allow,
  ])
}

function bytesOf(program: readonly Instruction[]): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(program.length * 8))
  program.forEach(([code, yes, no, value], index) => {
    bytes.setUint16(index * 8, code, true)
    bytes.setUint8(index * 8 + 2, yes)
    bytes.setUint8(index * 8 + 3, no)
    bytes.setUint32(index * 8 + 4, value, true)
  })
  return new Uint8Array(bytes.buffer)
}
