/** What verbs in other packages are made of. */
export { SharedRun, textOf } from '../stream/shared-run.ts'
export { withPartial } from './answer.ts'
export { fitKnobs } from './fit-knobs.ts'
export { promptText } from './prompt-text.ts'
