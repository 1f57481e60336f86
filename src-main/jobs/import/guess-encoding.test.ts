import { expect, test } from 'vitest'
import { encodeText } from '../../testing/encode-text.ts'
import type { TextEncoding } from '@shared/contract/schemas.ts'
import { guessEncoding } from './guess-encoding.ts'
import { textDecoder } from './text-decoder.ts'

const TEXTS: [encoding: TextEncoding, text: string][] = [
  ['windows-1252', 'Les élèves français étudient à la maison.\nÜber die Straße läuft ein großer Hund.'],
  ['windows-1252', '“Déjà vu”, dit-elle – c’est très étrange.'],
  ['windows-1251', 'Все счастливые семьи похожи друг на друга.'],
  ['koi8-r', 'Все счастливые семьи похожи друг на друга, каждая несчастливая семья несчастлива по-своему.'],
  ['gb18030', '道可道,非常道。名可名,非常名。无名天地之始。'],
  ['big5', '道可道,非常道。名可名,非常名。無名天地之始。有名萬物之母。'],
  ['shift_jis', '吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。'],
  ['euc-jp', '吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。'],
  ['euc-kr', '나는 고양이로소이다. 이름은 아직 없다. 어디서 났는지도 모른다.'],
  ['windows-1250', 'Příliš žluťoučký kůň úpěl ďábelské ódy.'],
  ['windows-1253', 'Όλες οι ευτυχισμένες οικογένειες μοιάζουν μεταξύ τους.'],
  ['windows-1254', 'Bütün mutlu aileler birbirine benzer, ığdır şeker çağrı.'],
  ['windows-1255', 'כל המשפחות המאושרות דומות זו לזו'],
  ['windows-1256', 'كل العائلات السعيدة تتشابه'],
]

// The letters are what counts: neighbours such as Windows-1253 and ISO 8859-7 share all of these.
test.each(TEXTS)('%s is guessed so that the letters are right: %s', (encoding, text) => {
  const bytes = encodeText(text, encoding)
  const { encoding: guess, found } = guessEncoding(bytes)
  expect(textDecoder(guess).decode(bytes)).toBe(text)
  expect(found).toContain('guess')
})

test('UTF-8 stays UTF-8, with a few invalid bytes too', () => {
  expect(guessEncoding(Buffer.from('only ASCII'))).toEqual({ encoding: 'utf-8', found: 'plain ASCII' })
  expect(guessEncoding(Buffer.from('naïve café'))).toEqual({ encoding: 'utf-8', found: 'valid UTF-8' })
  // Damage that was stored as � is valid.
  expect(guessEncoding(Buffer.from('caf\ufffd')).encoding).toBe('utf-8')
  // The end of the bytes may cut a character.
  expect(guessEncoding(Buffer.from('naïve café').subarray(0, -1)).encoding).toBe('utf-8')
  const mixed = Buffer.concat([Buffer.from('naïve café, señor\n'), Buffer.from('caf\xe9\n', 'latin1')])
  expect(guessEncoding(mixed)).toEqual({ encoding: 'utf-8', found: 'mostly valid UTF-8' })
})

test('what a page declares counts, where all of it has a meaning then', () => {
  const page = (charset: string) => `<html><meta charset="${charset}"><p>Dvě věci</p>`
  expect(guessEncoding(encodeText(page('windows-1250'), 'windows-1250'))).toMatchObject({
    encoding: 'windows-1250',
    found: 'as the file declares',
  })
  expect(guessEncoding(encodeText(page('euc-jp'), 'windows-1250')).found).toContain('guess')
})
