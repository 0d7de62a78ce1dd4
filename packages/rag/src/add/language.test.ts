import { describe, expect, it } from 'vitest'
import { knowledge } from '../knowledge.ts'
import { memoryStore } from '../store/memory/memory-store.ts'
import { languageDetector } from './language.ts'

const texts: Readonly<Record<string, string>> = {
  en: 'The pump must be switched off before the cover is removed.',
  de: 'Die Pumpe muss ausgeschaltet werden, bevor die Abdeckung entfernt wird.',
  fr: 'La pompe doit être arrêtée avant de retirer le couvercle.',
  es: 'La bomba debe apagarse antes de retirar la cubierta.',
  it: 'La pompa deve essere spenta prima di rimuovere il coperchio.',
  pt: 'A bomba deve ser desligada antes de remover a tampa.',
  nl: 'De pomp moet worden uitgeschakeld voordat het deksel wordt verwijderd.',
  pl: 'Pompę należy wyłączyć przed zdjęciem pokrywy.',
  ru: 'Насос необходимо выключить перед снятием крышки.',
  uk: 'Насос необхідно вимкнути перед зняттям кришки.',
  ja: 'カバーを外す前に、必ずポンプの電源を切ってください。',
  ar: 'يجب إيقاف تشغيل المضخة قبل إزالة الغطاء.',
}

describe('the language of a document', () => {
  it.each(Object.entries(texts))('is told from one sentence: %s', async (language, text) => {
    expect((await languageDetector())(text)).toBe(language)
  })

  it.each(['', '12345 67.8', 'IBM 3090', 'x y z', 'qwrtz plmk vbnmx wrtzk plkmn hgfds'])(
    'is not guessed: %j',
    async (text) => {
      expect((await languageDetector())(text)).toBeUndefined()
    },
  )

  it('is that of most of a long text, whose beginning may be in another', async () => {
    const text = `${texts.en} `.repeat(8) + `${texts.de} `.repeat(200)
    expect((await languageDetector())(text)).toBe('de')
  })

  it('is a field that filters ask for, unless the document says it itself or is code', async () => {
    const kb = await knowledge({ store: memoryStore(), detectLanguage: await languageDetector() })
    const [en, de] = [texts.en as string, texts.de as string]
    await kb.add([
      { id: 'told', text: de },
      { id: 'said', text: de, language: 'gsw' },
      { id: 'code', text: `# ${en}`, metadata: { programmingLanguage: 'python' } },
    ])
    const found = async (language: string) =>
      (await kb.search('Pumpe pump', { filter: { language } })).map(({ chunk }) => chunk.documentId)
    expect(await found('de')).toEqual(['told'])
    expect(await found('gsw')).toEqual(['said'])
    expect(await found('en')).toEqual([])
    expect((await kb.add([{ id: 'told', text: de }])).unchanged).toBe(1)
    await kb.close()
  })

  it('comes from a detector of your own as well, whose error is told for its document', async () => {
    const kb = await knowledge({
      store: memoryStore(),
      detectLanguage: (text) => {
        if (text === 'b') throw new Error('no idea')
        return 'tlh'
      },
    })
    const report = await kb.add([
      { id: 'a', text: 'a' },
      { id: 'b', text: 'b' },
    ])
    expect(report.failed.map(({ id }) => id)).toEqual(['b'])
    expect((await kb.search('a', { filter: { language: 'tlh' } })).length).toBe(1)
    await kb.close()
  })
})
