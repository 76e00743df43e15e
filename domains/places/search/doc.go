// Package search finds rooms that are free: by time first, of one facility, and
// near a wish that somebody else was quicker with.
//
// Words: a Wish is what somebody wants, a day and a stretch or part of it, for so
// many people; a Part is a part of the day (morning, afternoon, evening); an
// Offer is a room with the times it could be had; a Relaxation is one single
// thing to give up that would bring offers.
//
// Promises:
//   - What is offered can be booked at that moment: open, not taken, not past,
//     within the horizon, whole bands where the room has bands.
//   - One search reads the taken quarters of all rooms with one query by day,
//     whatever the number of rooms; everything else is in the directory.
package search
