import { type Batch, type Batches, batchesOf, type Logits, type Place, type TextGraph } from './batch.ts'
import { columnBytes } from './cache.ts'
import { type Slots, slots } from './slots.ts'
import { type Speculation, speculation } from './speculate.ts'
import type { TextJob, Writer } from './writer.ts'

/** Prompt tokens per run: enough to keep the processor busy, few enough to notice an abort; less while others write, who wait for it. */
const chunk = { alone: 256, besideOthers: 64 }

/** Every so many chunks the text that came first is read on, the others go to the one with the least left: a short prompt passes a long one, which comes to its end nonetheless. */
const oldestEvery = 4

export interface SchedulerOptions {
  /** Texts that a model reads and writes at once; the rest wait in line. Default 8. */
  readonly parallel?: number | undefined
  /** Bytes that a model may take for the caches of texts, those under way and those kept to begin others with. One text under way is let in whatever it needs. Default 512 MiB. */
  readonly cacheMemory?: number | undefined
}

/** Numbers of a text model since it was loaded. */
export interface TextStats {
  /** Requests that are answered, in part at least. */
  readonly requests: number
  readonly running: number
  readonly waiting: number
  readonly inputTokens: number
  /** The part of `inputTokens` that was known from before. */
  readonly cachedTokens: number
  readonly outputTokens: number
  /** Texts kept to begin others with. */
  readonly slots: number
  readonly slotBytes: number
  /** Bytes of the caches of texts under way. */
  readonly cacheBytes: number
  /** Runs that wrote, by the number of texts in them. */
  readonly batches: Readonly<Record<number, number>>
  /** Tokens that were guessed, and those of them that the model wrote itself. */
  readonly proposed: number
  readonly accepted: number
  /** Milliseconds in the graph. */
  readonly runMs: number
}

/** One text on its way. */
interface Sequence {
  readonly job: TextJob
  readonly writer: Writer
  /** The prompt and what was written. */
  readonly tokens: number[]
  readonly speculation: Speculation
  readonly settle: { done(): void; failed(error: unknown): void }
  /** Where its cache is; absent before its first token was read. */
  place?: Place
  /** Tokens in the cache. */
  cached: number
  reused: number
  startedAt: number
  promptMs: number
  runMs: number
}

/**
 * Decides which texts the graph works on next: all that write go on by a token, together where the graph can do that, then one that is being read goes on by a chunk. Caches of texts that ended are
 * kept, and a text that begins like one of them is read from there on.
 */
export class Scheduler {
  readonly #batches: Batches
  /** Texts may go through the graph together. */
  readonly #together: boolean
  readonly #parallel: number
  readonly #cacheMemory: number
  /** Bytes that masked columns may cost a run before two runs are cheaper. */
  readonly #wasteLimit: number
  readonly #rewinds: boolean
  readonly #columnBytes: number
  readonly #slots: Slots
  readonly #waiting: Sequence[] = []
  #reading: Sequence[] = []
  #writing: Sequence[] = []
  #looping = false
  #chunks = 0
  readonly #counts = {
    requests: 0,
    inputTokens: 0,
    cachedTokens: 0,
    outputTokens: 0,
    batches: {} as Record<number, number>,
    proposed: 0,
    accepted: 0,
    runMs: 0,
  }

  /** `weightBytes`: how much a run has to read in any case. */
  constructor(graph: TextGraph, weightBytes: number, { parallel = 8, cacheMemory = 2 ** 29 }: SchedulerOptions = {}) {
    this.#batches = batchesOf(graph)
    this.#together = graph.masks
    this.#columnBytes = columnBytes(graph.layout.cache)
    this.#parallel = parallel
    this.#cacheMemory = cacheMemory
    this.#wasteLimit = weightBytes / 2
    this.#rewinds = graph.layout.cache.every(({ lengthAxis }) => lengthAxis !== undefined)
    this.#slots = slots(this.#rewinds)
  }

  /** Answers a call; throws what its caller shall be told. */
  answer(job: TextJob, writer: Writer): Promise<void> {
    return new Promise((done, failed) => {
      this.#waiting.push({
        job,
        writer,
        tokens: [...writer.prompt],
        speculation: speculation(),
        settle: { done, failed },
        cached: 0,
        reused: 0,
        startedAt: 0,
        promptMs: 0,
        runMs: 0,
      })
      void this.#loop()
    })
  }

  stats(): TextStats {
    return {
      ...this.#counts,
      batches: { ...this.#counts.batches },
      running: this.#reading.length + this.#writing.length,
      waiting: this.#waiting.length,
      slots: this.#slots.count,
      slotBytes: this.#slots.bytes,
      cacheBytes: this.#liveBytes(),
    }
  }

  async #loop(): Promise<void> {
    if (this.#looping) return
    this.#looping = true
    while (this.#waiting.length + this.#reading.length + this.#writing.length > 0) {
      this.#leave()
      this.#admit()
      for (const group of this.#groups()) await this.#guard(group, () => this.#write(group))
      const next = this.#nextToRead()
      if (next) await this.#guard([next], () => this.#read(next))
      this.#makeRoom()
    }
    this.#looping = false
  }

  /** Whatever breaks in a run is told to those whose run it was. */
  async #guard(sequences: readonly Sequence[], run: () => Promise<void>): Promise<void> {
    try {
      await run()
    } catch (error) {
      for (const sequence of sequences) this.#fail(sequence, error)
    }
  }

  #fail(sequence: Sequence, error: unknown): void {
    this.#remove(sequence)
    sequence.settle.failed(error)
  }

  /** Those whose caller has left. What they read is kept. */
  #leave(): void {
    const gone = ({ job }: Sequence) => job.cancelled()
    for (const sequence of [...this.#writing, ...this.#reading].filter(gone)) this.#end(sequence)
    for (let i = this.#waiting.length - 1; i >= 0; i--)
      if (gone(this.#waiting[i] as Sequence)) this.#waiting.splice(i, 1)[0]?.settle.done()
  }

  #admit(): void {
    for (;;) {
      const [next] = this.#waiting
      const running = this.#reading.length + this.#writing.length
      if (!next || running >= this.#parallel) return
      const needed = this.#columnBytes * expected(next)
      if (running > 0 && this.#liveBytes() + needed > this.#cacheMemory) return
      this.#waiting.shift()
      this.#reading.push(next)
      this.#counts.requests++
      next.startedAt = performance.now()
      next.job.emit([{ type: 'notice', kind: 'headers', message: 'The model reads the prompt.' }])
      this.#begin(next)
    }
  }

  /** What the answer has to begin with is read like the prompt. */
  #begin(sequence: Sequence): void {
    const { writer, tokens } = sequence
    try {
      tokens.push(...writer.begin())
      this.#counts.inputTokens += writer.prompt.length
      this.#counts.outputTokens += writer.written
      if (writer.ended) this.#finish(sequence)
      else if (this.#slots.find(tokens)?.length === tokens.length - 1) this.#open(sequence)
    } catch (error) {
      this.#fail(sequence, error)
    }
  }

  /** Those who write, as they go through the graph together: the longest first, and no more than is cheaper than another run. */
  #groups(): Sequence[][] {
    const limit = this.#together ? this.#wasteLimit / Math.max(1, this.#columnBytes) : -1
    const groups: Sequence[][] = []
    let waste = 0
    for (const sequence of [...this.#writing].sort((a, b) => b.cached - a.cached)) {
      const group = groups.at(-1)
      waste += (group?.[0]?.cached ?? 0) - sequence.cached
      if (group && waste <= limit) group.push(sequence)
      else {
        groups.push([sequence])
        waste = 0
      }
    }
    return groups.map(inPlace)
  }

  /** Goes on by the tokens that are known but not in the cache yet, one as a rule, and, for a text alone, by those that it may go on with. */
  async #write(group: readonly Sequence[]): Promise<void> {
    const batch = this.#gather(group)
    const [only] = group.length === 1 && this.#rewinds ? group : []
    const count = Math.min(...group.map(({ tokens, cached }) => tokens.length - cached))
    const proposal = only ? only.speculation.propose(only.tokens, only.writer.room - 1) : []
    const fed = group.map(({ tokens, cached }) => [...tokens.slice(cached, cached + count), ...proposal])
    const logits = await batch.feed(fed, proposal.length + 1)
    this.#counts.batches[group.length] = (this.#counts.batches[group.length] ?? 0) + 1
    this.#ran(group, logits)
    if (only && proposal.length > 0) return this.#verify(only, batch, count, proposal, logits)
    const ended: Sequence[] = []
    for (const [row, sequence] of group.entries()) {
      sequence.cached += count
      if (sequence.cached < sequence.tokens.length) continue
      await this.#guard([sequence], async () => {
        if (!this.#choose(sequence, logits.of(row, 0))) ended.push(sequence)
      })
    }
    // Nobody waits until what others read and wrote is kept.
    for (const sequence of ended) this.#tell(sequence)
    for (const sequence of ended) await this.#guard([sequence], async () => this.#end(sequence))
  }

  /**
   * Takes over as much of a proposal as the model writes itself. Every token is chosen by the logits after the one before it, as without a proposal: the distribution is the same, and so is every
   * seeded answer.
   */
  #verify(sequence: Sequence, batch: Batch, count: number, proposal: readonly number[], logits: Logits): void {
    const start = sequence.cached + count
    const { tokens } = sequence
    let right = 0
    let ended = false
    do {
      ended = !this.#choose(sequence, logits.of(0, proposal.length - right))
      while (right < proposal.length && start + right < tokens.length && proposal[right] === tokens[start + right])
        right++
    } while (!ended && start + right === tokens.length)
    if (right < proposal.length) batch.rewind(0, proposal.length - right)
    sequence.cached = start + right
    sequence.speculation.learn(proposal.length, right)
    this.#counts.proposed += proposal.length
    this.#counts.accepted += right
    if (ended) this.#finish(sequence)
  }

  /** Adds the next tokens; false when the answer has ended. */
  #choose(sequence: Sequence, logits: Float32Array): boolean {
    const { writer, tokens, startedAt } = sequence
    sequence.promptMs ||= performance.now() - startedAt
    const before = writer.written
    tokens.push(...writer.next(logits))
    this.#counts.outputTokens += writer.written - before
    return !writer.ended
  }

  /** The batch of a group; its rows are in the group's order. */
  #gather(group: readonly Sequence[]): Batch {
    const places = group.map(({ place }) => place as Place)
    const rest = this.#writing.filter((sequence) => !group.includes(sequence))
    const spent = !rest.some(({ place }) => places.some(({ batch }) => batch === place?.batch))
    const batch = this.#batches.join(places, spent)
    for (const [row, sequence] of group.entries()) sequence.place = { batch, row }
    return batch
  }

  #nextToRead(): Sequence | undefined {
    const [oldest, ...others] = this.#reading
    if (!oldest || this.#chunks++ % oldestEvery === 0) return oldest
    const left = ({ tokens, cached }: Sequence) => tokens.length - cached
    return others.reduce((least, next) => (left(next) < left(least) ? next : least), oldest)
  }

  async #read(sequence: Sequence): Promise<void> {
    const { tokens } = sequence
    const { batch } = sequence.place ?? this.#open(sequence)
    if (this.#writing.includes(sequence)) return
    const budget = this.#writing.length > 0 ? chunk.besideOthers : chunk.alone
    const fed = tokens.slice(sequence.cached, sequence.cached + budget)
    const logits = await batch.feed([fed])
    this.#ran([sequence], logits)
    sequence.cached += fed.length
    if (sequence.cached < tokens.length) return
    const read = [...tokens]
    this.#goOn(sequence)
    if (!this.#choose(sequence, logits.of(0, 0))) return this.#finish(sequence)
    this.#slots.put(read, batch.take(0))
  }

  /** From reading to writing. */
  #goOn(sequence: Sequence): void {
    this.#reading = this.#reading.filter((other) => other !== sequence)
    this.#writing.push(sequence)
  }

  /** Begins where a text that was read before goes another way. One of which all but the last token is known has nothing to read: it goes through the graph with those that write. */
  #open(sequence: Sequence): Place {
    const known = this.#slots.find(sequence.tokens)
    sequence.cached = known?.length ?? 0
    sequence.reused = Math.min(sequence.cached, sequence.writer.prompt.length)
    this.#counts.cachedTokens += sequence.reused
    sequence.place = { batch: this.#batches.of({ ...known, expected: expected(sequence) }), row: 0 }
    if (known?.length === sequence.tokens.length - 1) this.#goOn(sequence)
    return sequence.place
  }

  #ran(sequences: readonly Sequence[], { runMs }: Logits): void {
    this.#counts.runMs += runMs
    for (const sequence of sequences) sequence.runMs += runMs
  }

  #finish(sequence: Sequence): void {
    this.#tell(sequence)
    this.#end(sequence)
  }

  /** Shows the end of an answer. */
  #tell({ writer, reused, startedAt, promptMs, runMs }: Sequence): void {
    writer.finish({ cached: reused, promptMs, totalMs: performance.now() - startedAt, runMs })
  }

  /** Keeps what was read and written. */
  #end(sequence: Sequence): void {
    const { place, tokens, cached } = sequence
    this.#remove(sequence)
    if (place && cached > 0) this.#slots.put(tokens.slice(0, cached), place.batch.take(place.row))
    this.#makeRoom()
    sequence.settle.done()
  }

  #remove(sequence: Sequence): void {
    this.#reading = this.#reading.filter((other) => other !== sequence)
    this.#writing = this.#writing.filter((other) => other !== sequence)
  }

  /** What is kept gives way to what is under way. */
  #makeRoom(): void {
    this.#slots.shrink(Math.max(0, this.#cacheMemory - this.#liveBytes()))
  }

  #liveBytes(): number {
    const batches = new Set([...this.#reading, ...this.#writing].map(({ place }) => place?.batch))
    return [...batches].reduce((sum, batch) => sum + (batch?.bytes ?? 0), 0)
  }
}

/** Tokens that room is made for at first: of short texts not much more than what they will have, since what is left over has to be kept or copied away. */
const expected = ({ tokens, writer }: Sequence): number =>
  tokens.length + Math.min(writer.room, tokens.length + 64, chunk.alone)

/** Rows of the largest batch first and in their order, so that they can stay where they are. */
function inPlace(group: readonly Sequence[]): Sequence[] {
  const [largest] = group.map(({ place }) => place?.batch).sort((a, b) => (b?.size ?? 0) - (a?.size ?? 0))
  const rank = ({ place }: Sequence) => (place?.batch === largest ? (place?.row ?? 0) : Number.POSITIVE_INFINITY)
  return [...group].sort((a, b) => (rank(a) === rank(b) ? 0 : rank(a) - rank(b)))
}
