// Package rules keeps what a city decides about lending, as dated data: who may
// book, when booking opens, how a draw goes, what it costs, what is given back,
// what a no-show costs. Nothing of it is in code.
//
// Words: a Rule is one decision of one Kind for the whole city or for one
// facility, in force from a day until the next Rule of its Kind and place; its
// Body is one of the types of this package. A Book is all rules at one moment.
//
// Which day decides which Rule holds: the day of use for Access, Opening, Draw,
// Fees and Reductions; the day of the act (a cancellation, a no-show, a return)
// for Refunds, Payment, Penalties and Reopening.
package rules
