// Package i18n speaks ten languages: messages, plurals, dates, money, data
// that exists in some languages only, and readings over kanji.
//
// Words. A Source is the folder of messages of one module, one TOML file a
// language. A Catalog holds the sources of the whole program. A Localizer is a
// Catalog in one Lang; it travels in the context. A Text is data (a notice, the
// name of a room) in the languages that somebody wrote it in.
//
// Promises.
//   - A language is parsed once, when somebody first reads it, and is then read
//     by any number of goroutines without a lock.
//   - A message without placeholders costs one look-up in a map and no memory.
//   - A message that is missing shows as ⟦its.key⟧ and is never taken from
//     another language: it is a mistake that the tests report (i18ntest), not
//     something to hide. Data is different: Text.Pick falls back to a language
//     that the reader is likely to understand, and says which.
//   - Dates and times of day are those of Tokyo, whoever reads them and wherever
//     the server stands.
//
// How dates, times and numbers look is itself a message (prefix "i18n."), with
// these decisions:
//   - Times are 13:00 where readers are at home with it (ja, zh, ko, vi, tr,
//     ne), since that is what the door, the permit and the phone show; 1:00 pm
//     in English and Filipino, whose readers count in twelve hours, with noon
//     and midnight spelt out because "12:00 pm" is misread; 午後1時 in plain
//     Japanese, which learners meet in their first textbook, with から and まで
//     in place of 〜.
//   - Plain Japanese puts the western year first, 2026年（令和8年）, and says
//     土曜日 rather than 土, as the Immigration Services Agency's guideline for
//     plain Japanese (2020) recommends.
//   - Nepali uses Latin digits: they must match the door, the form and the
//     receipt; grouping is the reader's own (12,34,567). Months are those of the
//     western calendar, which rooms are booked by.
//   - Money in Chinese is 日元 or 日圓, never ¥, which would be read as yuan.
package i18n
