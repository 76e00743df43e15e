// Package places is 場の提供, the places that a city lends: facilities and
// their rooms, when they can be had, and who has them when.
//
// It puts together the packages beneath it and hands them to the house:
//
//	facility     what can be borrowed and when it is let
//	importing    lists of facilities as open data, in and out
//	quarter      a room's time, as bits
//	search       what is free
//	pages        what residents see
//	office       what clerks keep
//	reservation  who has which room when
//	use          the day itself: arrivals, keys, no-shows, reports
//	cast         the facilities of the demo city
package places
