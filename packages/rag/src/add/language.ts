import { AnyModelError } from '@anymodel/core'
import type { Document } from '../contract.ts'

/** Tells the language of a text as a BCP 47 tag; `undefined` where it can't be told. */
export type LanguageDetector = (text: string) => string | undefined | Promise<string | undefined>

/** Shorter texts are names and numbers. */
const fewestLetters = 20
const letters = new RegExp(String.raw`(?:\p{L}[^\p{L}]*){${fewestLetters}}`, 'u')
/** So much of each end of a text and of its middle is looked at. */
const sampled = 700

/**
 * Tells languages by the package `eld` (60 of them, ISO 639-1), which is loaded by the call: `knowledge({ store, detectLanguage: await languageDetector() })`. A text of fewer than 20 letters, and one that might be in several languages,
 * has none. Throws `config` where `eld` is not installed.
 */
export async function languageDetector(): Promise<LanguageDetector> {
  const { eld } = await import('eld/extrasmall').catch((cause) => {
    throw new AnyModelError('config', 'Languages are told by the package eld: npm install eld', { cause })
  })
  const languageOf = (sample: string): string[] => {
    if (!letters.test(sample)) return []
    const found = eld.detect(sample)
    return found.isReliable() && found.language ? [found.language] : []
  }
  return (text) => mostOf(samplesOf(text).flatMap(languageOf))
}

/** The beginning, the middle and the end: forewords and licences are often in another language than the rest. */
function samplesOf(text: string): readonly string[] {
  if (text.length <= 3 * sampled) return [text]
  const middle = (text.length - sampled) >> 1
  return [text.slice(0, sampled), text.slice(middle, middle + sampled), text.slice(-sampled)]
}

/** The value that is there more often than every other. */
function mostOf(values: readonly string[]): string | undefined {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  const [first, second] = [...counts].sort(([, a], [, b]) => b - a)
  return first && first[1] > (second?.[1] ?? 0) ? first[0] : undefined
}

/** The document with its language. What a document says itself stays, and code has none. */
export async function withLanguage(document: Document, detect: LanguageDetector | undefined): Promise<Document> {
  if (!detect || document.language !== undefined || document.metadata?.programmingLanguage !== undefined)
    return document
  const language = await detect(document.text)
  return language === undefined ? document : { ...document, language }
}
