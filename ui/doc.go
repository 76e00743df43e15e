// Package ui is how Kakehashi looks: the frame around every page, the
// components that pages are made of, the style sheet, the icons and the little
// script. Module messages go in; HTML without inline style or script comes out.
//
// The idea is an arch: one line that spans from one side to the other. It is
// the logo, the steps of a form (an arc filling), the empty state (an arc not
// yet closed), and the doors. Nothing else decorates.
//
// # Promises
//
//   - Everything works without script, by keyboard, at 320 px and at 200 %.
//   - Colours come from tokens.css alone; a test computes their contrast in the
//     light, dark and high-contrast schemes: 7:1 for text to read, 4.5:1 for
//     everything else that is text, 3:1 for edges.
//   - No text of its own: labels come in the reader's language, its own words
//     are messages with the prefix "ui.".
//   - A component works outside a request too, in a mail or on paper.
//
// # Catalogue
//
// See them all with their states at /_components in the demo.
//
// Frame, once in app:
//
//	NewShell(Frame)      web.Config.Shell: header, doors, banners, footer, paper
//	ErrorPage, DraftPage web.Config.ErrorPage and .DraftPage
//	Assets, AssetURL     web.Config.Assets
//
// Words. Text in the page's language always goes through one of the first two,
// so that it carries furigana when the reader wants it:
//
//	T(key, args...)      a message
//	Say(text)            text already in the page's language
//	Text(i18n.Text)      data: picks a language, adds lang where it differs
//	In(lang, text)       text in a language of its own
//	Verbatim(text)       names, numbers, codes: never furigana
//	Paragraphs(text)     longer text with line ends
//	Date, DateLong, When, Moment, Ago, Yen, Number
//
// A page, top down:
//
//	PageHead(title, lead)          the one question or verb of a page
//	FieldHead(field, title, lead)  the same in the colour of a field
//	Banner(tone, title) { … }      Info, Good, Care, Bad, Alarm
//	Section(title, more) { … }     a part with its heading and "all of it"
//	Acts() { Button… }             one Primary, beneath the content
//	Others(acts...)                "ほかのこと": what else one may do
//	Stack() { … }, Row() { … }     under one another, side by side
//
// Showing things:
//
//	Cards() { Card(…) { … } }      things to choose from; CardMeta for the soft line
//	List(items)                    dated lines that lead somewhere
//	Table(TableOf[R])              rows to compare; cards on a phone
//	Definitions(list)              what is known of one thing
//	Doors(doors)                   the front page
//	Tag(TagOf), FieldTag(field)    one word about a thing
//	Person(PersonOf), Phone(number), QR(text, label)
//	Chart(ChartOf)                 bars, stacks or lines with a table behind
//	Month(MonthOf)                 a month of days with their state
//	Grid(GridOf)                   rooms by bands, or bands by days
//	Empty(EmptyOf)                 where a list would be: what to do first
//	More(label) { … }              what few people need
//	Draw(icon)                     always beside a word
//
// Asking:
//
//	Form(FormOf) { … }             pass the Problem of web.Retry: fields take
//	                               their errors and what was typed from it
//	TextField, AreaField, SelectField, RadioField, CheckField, AgreeField,
//	CodeField, DateField, TimeField, BandField, FileField, Hidden, Fieldset
//	Steps(labels, here)            a form on several pages
//	Filters(action) { … }          a search whose choice stands in the address
//	Dialog(DialogOf) { … }         "are you sure", opened by LinkButton
//
// A desk:
//
//	Bulk(BulkOf[R])                rows to decide on together; keys j k x a ?
//	Tabs(label, tabs), Pager(first, next), Twin(aside) { … }
//	Progress(label, done, total)   long work; inside Live(id, topics) it moves
//
// # Script
//
// assets/kakehashi.js adds comfort to these attributes, and nothing depends on
// it: data-dialog, data-guard, data-keep, data-live, data-inbox, data-weekday,
// data-print, data-menu, and data-passkey (see the file's head).
package ui
