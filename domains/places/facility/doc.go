// Package facility keeps what can be borrowed: facilities, their rooms, and
// when they are not let.
//
// Words: a Facility is a building or ground with an address; a Room is a place
// in it that is let on its own; a Band (時間帯) is one of the stretches a room is
// let in, 9:00-12:30 say; a room without bands is let by free times, any
// quarter hours within its hours; a Closure is when it is not let at all. A
// room's Class is what rules name it by; a room may have Parts, rooms that are let
// on their own as well, and loud use of a room may disturb others.
//
// Promises:
//   - A facility that an import knows again is updated, never doubled; rows that
//     cannot be used are refused by number, column and reason, and the rest goes
//     in.
//   - Nothing is deleted: what is no longer let is closed, and its past stays.
//   - What changes here touches the topic "places".
package facility
