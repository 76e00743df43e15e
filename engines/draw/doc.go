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
//  4. Turns go by tier, then round, then key. At its turn an entry whose group
//     has its wins of the period gets nothing; any other takes the first of its
//     wishes that is wholly free, its own room before its partners in their order.
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
// # What holds
//
//   - Among entries of one tier and round every order is equally likely, as far
//     as SHA-256 looks random and nobody chose the seed.
//   - The published order is that of a random serial dictatorship: for a group
//     with one entry in a period it is strategy-proof (no other list of wishes
//     gets it a dearer wish) and the outcome is ex-post Pareto-efficient in the
//     strict order of wishes: no exchange pleases two winners, and no entry with
//     a turn and wins to spare would rather have what stayed free. Gibbard
//     (1977), "Manipulation of schemes that mix voting with chance",
//     Econometrica 45: what is strategy-proof and efficient ex post, over all
//     preferences, is a lottery over dictatorships; Abdulkadiroğlu and Sönmez
//     (1998), Econometrica 66, for the assignment of objects.
//   - Splitting an entry, or dropping wishes from it, never gives a group that
//     would have won nothing a win, nor a dearer best win: for any seed, not
//     only on average. More entries may win more slots, up to the cap on wins;
//     a cap of one leaves nothing to gain.
//
// # What does not, and what cannot
//
//   - Bogomolnaia and Moulin (2001), "A new solution to the random assignment
//     problem", Journal of Economic Theory 100: with four entries or more no
//     mechanism is at once strategy-proof, ordinally efficient (before the lot)
//     and equal to equals. We keep the first and the last: before the seed is
//     known there may be chances that two groups would gladly trade.
//   - For several wins a group, only sequential dictatorships are strategy-proof,
//     efficient and non-bossy (Pápai 2001, Journal of Public Economic Theory 3):
//     one group would take all of its wins at once. Rounds are fairer, and a group
//     that knows what others want can gain by the order of its entries; Budish and
//     Cantillon (2012), American Economic Review 102, find the same of course
//     drafts, and that rounds serve people better all the same.
//   - It does not find the most wins or the best ranks possible: a first wish
//     may stay out that an optimal assignment would grant. Such an assignment
//     (rank-maximal: Irving and others 2006) rewards those who know what is in
//     demand and hide their wishes; it is not offered here.
//   - Of equivalent partner rooms the first free one is taken, though a later
//     entry may need just that one.
//   - One group under two names has two chances. Names are for the office to
//     settle before it freezes the list.
//   - A seed of Entrants can be held back by whoever reveals last, at the price
//     of their own entries; a public value has no such last hand. A Beacon's
//     value is to be compared with what the beacon publishes.
package draw
