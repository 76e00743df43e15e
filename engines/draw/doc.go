// Package draw gives slots to entries by lot, so that everybody can check it.
//
// It is a library without I/O beyond io.Writer: no clock, no source of chance,
// no network. The same draw and the same seed make the same proof, byte for byte.
//
// # Words
//
//   - A Slot is a room at a time; it is given once. It belongs to a period.
//   - An Entry is a group's request for one win: ranked wishes, the dearest first.
//   - A Wish is a slot, or a set of slots of use together or not at all. A hall
//     that is let whole or in halves is a set of its halves.
//   - Partners are rooms that are as good as one another to whoever says so.
//   - A tier takes its turns before the next: residents, say, before others.
//   - A cap limits a group's entries, or wins, in a period.
//   - A heat is the entries of one tier and round; a group has one in it and
//     period at most.
//
// # How it runs
//
// Freeze fixes a text; its SHA-256 (the Commitment) is published, with the
// source of the seed and the time at which that comes into being. Then Run:
//
//  1. Entries beyond the cap on entries, by number, have no turn.
//  2. The seed is the SHA-256 of "kakehashi-draw seed\n", the commitment and
//     what was revealed, each with a line feed; a contribution of an entrant
//     stands behind the entrant's name and a space.
//  3. An entry is in the round n when it is the group's nth in its period and
//     tier. Its key is the SHA-256 of the seed's 32 bytes, the group, a line
//     feed, the period, a line feed and the round in decimal.
//  4. Turns go by tier, then round, then key. An entry whose group has its wins
//     of the period gets nothing.
//  5. In the mode Plain every entry takes at its turn the first of its wishes
//     that is wholly free, its own room before its partners in their order.
//  6. In the mode Ranks, heat after heat, what is left is given so that as many
//     first wishes come true as possible, then as many second ones, and so on,
//     wishes counted as they stand in the list. Where several assignments are as
//     good, the entries choose among them in turn: each keeps those that give it
//     the first of its wishes that any gives it, its own room before its partners
//     in their order. One remains. Wishes for sets are refused in this mode: to
//     find the best with them is to pack sets, which is NP-hard.
//
// # Format of a proof
//
// UTF-8, line feeds; words with one space between them; the last word of each
// line is the CRC-32 (IEEE) of the line before it, eight hexadecimal digits. In
// this order, * for any number of lines:
//
//	kakehashi-draw 1
//	title TEXT
//	frozen 2026-11-11T00:00:00Z
//	source beacon|typed|entrants DUE TEXT
//	caps ENTRIES WINS                      0 for none
//	mode ranks                             not in the mode Plain
//	partners ROOM ROOM…                    *
//	slot ROOM@TIME PERIOD                  *
//	held GROUP PERIOD WINS                 *  wins from earlier draws
//	pledge GROUP SHA256                    *
//	entry GROUP NUMBER TIER WISH…          *  by group, then number
//	commit SHA256                          of all bytes above
//	reveal WHO VALUE                       *
//	seed SHA256
//	won GROUP NUMBER TURN WISH SLOTS       *  one for each entry,
//	lost GROUP NUMBER TURN WHY             *  in the order of the entries
//	proof SHA256                           of all bytes above
//
// A WISH is SLOT or SLOT+SLOT…, with a ~ before it when partners will do. WHY is
// taken, capped, surplus or unrevealed. The package check reads it.
//
// # What holds in both modes
//
//   - Among entries of one heat every order is equally likely, as far as SHA-256
//     looks random and nobody chose the seed; and equals are treated alike.
//   - No other assignment gives some entry a dearer wish, or its own room instead
//     of a partner, and none a less dear one; so no exchange pleases two winners.
//     (Pareto-efficient ex post, caps on wins kept.)
//   - A later tier costs an earlier one nothing, and a group's next entry costs
//     nobody's first anything.
//
// # What holds in the mode Plain
//
//   - It is a random serial dictatorship (Abdulkadiroğlu and Sönmez 1998, "Random
//     serial dictatorship and the core from random endowments in house allocation
//     problems", Econometrica 66). For a group with one entry in a period it is
//     strategy-proof: no other list of wishes gets it a dearer wish, for any seed.
//   - A group that would have won nothing wins nothing by splitting an entry, by
//     leaving wishes out or by changing their order; for any seed, not only on
//     average, with any number of entries, sets, partners, tiers and caps. So its
//     chance of a win does not rise. Nor do the pieces of an entry get anything
//     dearer than the whole, among entries of one tier. More entries may win more
//     slots, up to the cap on wins; a cap of one leaves nothing to gain.
//
// # What holds in the mode Ranks
//
//   - In its heat no other assignment has more first wishes, or as many and more
//     second ones, and so on: it is rank-maximal (Irving, Kavitha, Mehlhorn,
//     Michail and Paluch 2006, "Rank-maximal matchings", ACM Transactions on
//     Algorithms 2(4)). Heats are taken one by one, so that a group's second
//     entry does not weigh as much as another's first; over several heats together
//     there may be more first wishes to be had.
//   - Partner rooms are chosen so that they cost no other entry of the heat a wish.
//   - What stands below the wish that came true changes nothing. A group that
//     lost would have lost with its list cut off anywhere, and by splitting it so
//     that its first entry is the beginning of its list.
//
// # What does not hold, and what cannot all hold
//
//   - The mode Plain does not find the most wins or the best ranks: a first wish
//     may stay out that the mode Ranks would grant.
//   - The mode Ranks is not strategy-proof (Ghosal and Paluch 2018, "Manipulation
//     strategies for the rank-maximal matching problem", COCOON), and nothing that
//     finds the best ranks can be. Of two who want one slot first, it may go to
//     the one who has no other wish, for the sake of all; and whoever wishes first what many want may lose
//     the second wish to those who put it first. Leaving out a first wish can
//     raise a group's chance. Use it where groups do not know what others wish, or
//     would not play with it.
//   - Gibbard (1977), "Manipulation of schemes that mix voting with chance",
//     Econometrica 45: a vote that is strategy-proof and Pareto-efficient ex post
//     is a lottery over dictators. Of the assignment of objects, with equals
//     treated alike, the same is known for three entries (Bogomolnaia and Moulin,
//     below) and has long been open beyond (Brandt, Greger and Romen 2023,
//     "Towards a characterization of random serial dictatorship").
//   - Bogomolnaia and Moulin (2001), "A new solution to the random assignment
//     problem", Journal of Economic Theory 100: with four entries or more no rule
//     is at once strategy-proof, ordinally efficient (before the lot) and equal to
//     equals. The mode Plain keeps the first and the last: before the seed is
//     known there may be chances that two groups would gladly trade.
//   - For several wins a group, strategy-proof and non-bossy rules under which
//     everything may be won by anybody are sequential dictatorships (Pápai 2001,
//     "Strategyproof and nonbossy multiple assignments", Journal of Public
//     Economic Theory 3): one group would take all of its wins at once. Rounds are
//     fairer, and a group that knows what others want can gain by the order of its
//     entries. Budish and Cantillon (2012), "The multi-unit assignment problem",
//     American Economic Review 102, find the same of the drafts by which courses
//     are given at Harvard: they are manipulated, at a cost, and still serve people
//     better than the strategy-proof alternative.
//   - In the mode Plain, of partner rooms the first free one is taken, though a
//     later entry may need just that one.
//   - One group under two names has two chances. Names are for the office to
//     settle before it freezes the list.
//   - A seed of Entrants can be held back by whoever reveals last, at the price
//     of their own entries; a public value has no such last hand. A Beacon's
//     value is to be compared with what the beacon publishes.
package draw
