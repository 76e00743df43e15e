// Package places is 場の提供, the places that a city lends: facilities and
// their rooms, when they can be had, who has them when, by which rule and at
// what price.
//
// It puts together the packages beneath it and hands them to the house. What
// others stand on:
//
//	facility     what can be borrowed and when it is let
//	quarter      a room's time, as bits
//	rules        what the city decided, each with its first day
//	fee          what a use costs, line by line
//	search       what is free
//	reservation  who has which room when
//
// The parts, each of which stands on reservations and rules and knows no other:
//
//	draws        rooms by lot, with a proof
//	waiting      who is next when time is given back
//	basket       several rooms at one go
//	money        what is owed and what was paid
//	papers       permits, invoices, receipts
//	use          the day itself: arrivals, keys, no-shows, reports
//	blocks       rooms taken for the city or for maintenance
//	counter      applications on paper
//	usage        the month's report
//
// And what is shown and kept:
//
//	pages        what residents see
//	office       what clerks keep of facilities and rooms
//	importing    lists of facilities as open data, in and out
//	cast         the facilities of the demo city
package places
