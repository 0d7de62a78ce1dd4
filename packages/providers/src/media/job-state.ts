/** Where a job is. */
export type JobState = 'waiting' | 'done' | 'failed' | 'cancelled'

const words: Readonly<Record<JobState, readonly string[]>> = {
  waiting: [
    'queued',
    'in_queue',
    'pending',
    'submitted',
    'starting',
    'throttled',
    'processing',
    'in_progress',
    'running',
    'dreaming',
    'generating',
    'started',
    'not_start',
    'modal',
  ],
  done: ['succeeded', 'success', 'completed', 'complete', 'done', 'ready', 'finished'],
  failed: ['failed', 'failure', 'error', 'request moderated', 'content moderated', 'task not found', 'expired'],
  cancelled: ['canceled', 'cancelled', 'aborted'],
}

const states = new Map(
  Object.entries(words).flatMap(([state, names]) => names.map((name) => [name, state as JobState] as const)),
)

/** What a service's word for a job's state means; a word that is not known is taken for one of work, so that a new one does not break a job off. */
export const jobState = (word: unknown): JobState => states.get(String(word).toLowerCase()) ?? 'waiting'
