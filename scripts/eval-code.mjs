// `pnpm eval:code --model <role or provider/model>`: how many tasks of HumanEval, MBXP and HumanEval-infilling a model solves, judged in a sandbox. The datasets lie in ../shared/datasets.
// --model        a name of the configured client, or `canonical` (the datasets' own solutions), `expected` (what the tests expect) or `broken`: proofs that need no model
// --dataset a,b  which; default: humaneval-python, humaneval-js, mbxp-js. --list names all
// --samples n    answers for each task; default 1
// --k 1,10       which pass@k to tell; default 1
// --limit n      the first n tasks only
// --temperature  default 0 for one sample, else 0.8
// --concurrency  answers at once; default 4
// --out folder   where samples are kept as they come, and the reports; default .eval. A run that was ended goes on where it was; nothing that ran is run again
// --json         the reports as JSON on stdout
// --gain         instead: what verification gains for a scripted model that is right with a known probability (no model is needed)
import { mkdirSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { datasets, missingDataset } from '../tests/eval/datasets.ts'
import { evaluate, fileName } from '../tests/eval/evaluate.ts'
import { measureGain, toGainTable } from '../tests/eval/gain.ts'
import { toMarkdown } from '../tests/eval/report.ts'

const { values } = parseArgs({
  options: {
    model: { type: 'string' },
    dataset: { type: 'string', default: 'humaneval-python,humaneval-js,mbxp-js' },
    samples: { type: 'string', default: '1' },
    k: { type: 'string', default: '1' },
    limit: { type: 'string' },
    temperature: { type: 'string' },
    concurrency: { type: 'string', default: '4' },
    out: { type: 'string', default: '.eval' },
    json: { type: 'boolean', default: false },
    gain: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
  },
})

const fail = (message) => {
  console.error(message)
  process.exit(2)
}
const number = (name) => {
  const value = Number(values[name])
  return Number.isInteger(value) && value > 0 ? value : fail(`--${name} must be a whole number above 0.`)
}
const limit = values.limit === undefined ? {} : { limit: number('limit') }
const [samples, concurrency] = [number('samples'), number('concurrency')]
const ks = values.k.split(',').map(Number)
if (!ks.every((k) => Number.isInteger(k) && k > 0 && k <= samples))
  fail('--k must be whole numbers from 1 to --samples.')
const temperature = Number(values.temperature ?? (samples === 1 ? 0 : 0.8))
if (!(temperature >= 0)) fail('--temperature must be a number, 0 or more.')

const { model, out } = values
mkdirSync(out, { recursive: true })
const onSample = (name, done, of) => {
  if (process.stderr.isTTY) process.stderr.write(`\r${name} ${done}/${of}${done === of ? '\n' : ''}`)
}

function print(name, markdown, json) {
  writeFileSync(`${out}/${name}.json`, JSON.stringify(json, null, 2))
  writeFileSync(`${out}/${name}.md`, markdown)
  console.log(values.json ? JSON.stringify(json) : markdown)
}

if (values.list) for (const name of Object.keys(datasets)) console.log(name, missingDataset(name) ?? '')
else if (values.gain) {
  const gains = await measureGain({ ...limit, out, onSample })
  print('gain', toGainTable(gains), gains)
} else {
  if (model === undefined)
    fail('--model is missing: a role or provider/model of your configuration, canonical, expected or broken.')
  const names = values.dataset.split(',')
  for (const name of names) {
    if (!(name in datasets)) fail(`No dataset is called ${name}. There are: ${Object.keys(datasets).join(', ')}.`)
    const missing = missingDataset(name)
    if (missing !== undefined) fail(`${missing}.`)
  }
  const reports = await evaluate({
    datasets: names,
    model,
    samples,
    ks,
    temperature,
    concurrency,
    ...limit,
    out,
    onSample,
  })
  for (const name of names)
    if (!reports.some(({ dataset }) => dataset === name)) console.error(`${name} has nothing for ${model}.`)
  print(`report-${fileName(model)}`, toMarkdown(reports), reports)
}
