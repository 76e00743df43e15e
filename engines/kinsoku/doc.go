// Package kinsoku breaks Japanese text into lines as a Japanese reader expects it
// (禁則処理): no closing bracket, stop or small kana begins a line, no opening
// bracket ends one, and numbers and words of other scripts stay whole.
//
//	lines := kinsoku.Wrap("会議室を使う。", 12, widthOf)
//
// Promise: nothing is lost and nothing is added. The lines joined are the text
// without its line ends, and a line is broken where it must not be only within a
// piece that is wider than a line.
//
// The rules are those of JIS X 4051 and of the W3C's Requirements for Japanese
// Text Layout, without hanging punctuation and without stretching: what does not
// fit goes to the next line. It knows no fonts: the caller measures characters.
package kinsoku
